namespace Deployment.Toolkit.Settings;

/// <summary>Where an object or array begins: the place of its key.</summary>
internal sealed record TableContainer(bool IsArray, int Line, int Column);

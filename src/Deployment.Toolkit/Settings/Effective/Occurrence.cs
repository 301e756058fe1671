namespace Deployment.Toolkit.Settings.Effective;

/// <summary>A value in one layer.</summary>
internal sealed record Occurrence(int Layer, TableValue Value);

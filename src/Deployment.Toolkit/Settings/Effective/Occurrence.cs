

namespace Deployment.Toolkit.Settings.Effective;

/// <summary>A value in one layer.</summary>
internal readonly record struct Occurrence(int Layer, TableValue Value);

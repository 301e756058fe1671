using Deployment.Toolkit.Configuration.Sources;

namespace Deployment.Toolkit.Configuration.Binding;

/// <summary>A value in one layer.</summary>
internal readonly record struct Occurrence(int Layer, TableValue Value);

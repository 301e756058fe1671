namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Configuration = "Deployment.Configuration";
}

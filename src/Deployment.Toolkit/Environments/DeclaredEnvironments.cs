namespace Deployment.Toolkit.Environments;

/// <summary>The environments that the app declares, or .NET's own.</summary>
internal sealed class DeclaredEnvironments
{
    internal EnvironmentGraph Graph { get; private set; } = EnvironmentGraph.Default();

    internal void Declare(Action<EnvironmentsBuilder> configure)
    {
        if (!Graph.IsDeclared)
            Graph = new EnvironmentGraph();
        configure(new EnvironmentsBuilder(Graph));
    }
}

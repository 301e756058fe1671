namespace Deployment.Toolkit.Environments;

/// <summary>What an environment wants of a release besides the promotion order.</summary>
internal sealed record EnvironmentRules
{
    internal static readonly EnvironmentRules None = new();

    /// <summary>For how long the release was live, without a break, in the environment that it comes from.</summary>
    internal TimeSpan? Soak { get; init; }

    /// <summary>Whether migrations enter only once they were tried on a copy.</summary>
    internal bool RequiresRehearsal { get; init; }

    /// <summary>Suites of tests that passed on the release; <see langword="null"/> for none.</summary>
    internal RequiredSuites? Tests { get; init; }

    /// <summary>When releases may enter; <see langword="null"/> for always.</summary>
    internal DeploymentWindow? Window { get; init; }
}

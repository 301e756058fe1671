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

    /// <summary>Who has to approve what enters; <see langword="null"/> for nobody.</summary>
    internal ApprovalRules? Approvals { get; init; }

    /// <summary>What a hotfix may skip; <see langword="null"/> where none enters.</summary>
    internal HotfixRules? Hotfix { get; init; }

    /// <summary>The point of the key that breaks the glass, in Base64; <see langword="null"/> where there is none.</summary>
    internal string? GlassKey { get; init; }

    /// <summary>Which approvals count of a hotfix; <see langword="null"/> where none is asked for at all.</summary>
    internal ApprovalRules? HotfixApprovals =>
        Hotfix is not { } hotfix ? null
        : (Approvals ?? ApprovalRules.Usual) is var usual ? usual with { Count = hotfix.Approvals }
        : null;

    /// <summary>What somebody has to have done and ticked.</summary>
    internal EqualList<string> Checklist { get; init; } = EqualList<string>.Empty;

    /// <summary>The commands that have to end well.</summary>
    internal EqualList<CommandGateRules> Commands { get; init; } = EqualList<CommandGateRules>.Empty;

    /// <summary>Whether the environment has to be healthy before anything begins.</summary>
    internal bool RequiresHealth { get; init; }

    /// <summary>Where it is asked; <see langword="null"/> for the app's own checks.</summary>
    internal Uri? HealthAddress { get; init; }

    /// <summary>How old the newest backup may be; <see langword="null"/> when none is asked for.</summary>
    internal TimeSpan? BackupAge { get; init; }

    /// <summary>Whether the configuration has to agree with that of the environment before.</summary>
    internal bool RequiresParity { get; init; }

    /// <summary>Whether migrations enter only when nothing speaks against them, warnings included.</summary>
    internal bool RequiresCleanMigrations { get; init; }

    /// <summary>When releases may enter; <see langword="null"/> for always.</summary>
    internal DeploymentWindow? Window { get; init; }
}

using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>What pending scripts do to rows that are there and to the release that runs.</summary>
internal sealed class MigrationLintCheck : PreflightCheck
{
    internal override bool IsOfDatabase => true;

    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Find(intention));

    internal static IReadOnlyList<DeploymentMessage> Find(Intention intention)
    {
        if (intention is not { Kind: RunKind.Up, Parts: { } parts, Draft: { } draft } || draft.Migrations.Count == 0)
            return [];

        var pending = draft.Migrations.Select(planned => parts.Migrations.Find(planned.Version)).OfType<MigrationDefinition>();
        var found = MigrationLint.Judge(
            pending,
            parts.Sources.Weights,
            intention.Environment.IsProtected,
            intention.Factory.Model.Environments.All.Any(static environment => environment.IsProtected),
            isOneRun: true
        );
        // What is only to be known is told by those who ask for it: 'migrations lint'.
        return [.. found.Where(static finding => finding.Severity != MessageSeverity.Information)];
    }
}

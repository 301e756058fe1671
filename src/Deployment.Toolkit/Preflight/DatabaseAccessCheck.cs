namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the database's file can be what the plan needs, told without opening it.</summary>
internal sealed class DatabaseAccessCheck : PreflightCheck
{
    internal override bool IsOfDatabase => true;

    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(
            intention.Parts?.Database is { } database && database.InTheWay(isWritten: IsWritten(intention)) is { } fault ? [fault] : []
        );

    private static bool IsWritten(Intention intention) =>
        intention.Kind == RunKind.Restore || intention is { Kind: RunKind.Up, Draft.Migrations.Count: > 0 };
}

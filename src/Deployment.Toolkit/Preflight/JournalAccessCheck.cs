namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the journal can be written, told without writing it.</summary>
internal sealed class JournalAccessCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.HasLock || intention.IsNothingToDo)
            return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>([]);

        return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(
            intention.Factory.StoreOf(intention.Environment).WhyNotWritable() is { } reason ? [reason] : []
        );
    }
}

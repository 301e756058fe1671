namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the journal can be written, told without writing it.</summary>
internal sealed class JournalAccessCheck : PreflightCheck
{
    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.HasLock || intention.IsNothingToDo)
            return [];

        return
            await intention.Factory.StoreOf(intention.Environment).WhyNotWritableAsync(cancellationToken).ConfigureAwait(false)
                is { } reason
            ? [reason]
            : [];
    }
}

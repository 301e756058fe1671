using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the journal can be written, told without writing it.</summary>
internal sealed class JournalAccessCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.HasLock || intention.IsNothingToDo) return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>([]);

        var paths = intention.Factory.PathsOf(intention.Environment);
        paths.CheckFolder();
        using (PrivateFile.Open(paths.Lock, write: false))
        {
        }

        var reason = WriteAccess.WhyNotIn(paths.Folder) ?? WriteAccess.WhyNotTo(paths.Lock) ?? WriteAccess.WhyNotTo(paths.Journal);
        return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(reason is null ? [] :
        [
            new DeploymentMessage(
                Codes.JournalNotWritable,
                $"Journal folder '{paths.Folder}' cannot be written: {reason} Nothing was changed. Let the deploying user write there, or name another folder with the setting Deployment:Directory."),
        ]);
    }
}

using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class NotifySendVerb : Verb
{
    internal override string Path => "notify send";

    internal override string Description => "Sends notices that receivers have not taken yet, now; ends with 1 when some still wait.";

    internal override IReadOnlyList<string> Examples => ["deploy notify send --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        VerbReport.Of(await context.Notifications.SendAsync(cancellationToken).ConfigureAwait(false));
}

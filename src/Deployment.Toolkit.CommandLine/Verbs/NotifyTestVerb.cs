using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class NotifyTestVerb : Verb
{
    private readonly Option<string> _seen;

    internal NotifyTestVerb() =>
        _seen = Add(
            new Option<string>("--seen")
            {
                HelpName = "CODE",
                Description = "Instead of sending: the code of a test that you saw where it was to arrive.",
            }
        );

    internal override string Path => "notify test";

    internal override string Description => "Sends a test to everybody who hears how runs end; ends with 1 when one did not accept it.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy notify test --environment Production", "deploy notify test --seen 417302 --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        VerbReport.Of(
            await (
                context.Parse.GetValue(_seen) is { } code
                    ? context.Notifications.ConfirmTestAsync(code, cancellationToken)
                    : context.Notifications.TestAsync(cancellationToken)
            ).ConfigureAwait(false)
        );
}

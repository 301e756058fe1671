using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsListVerb : SecretsVerb
{
    internal override string Path => "secrets list";

    internal override string Description => "Lists names, versions and times, and what was proposed; needs no key.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets list --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Host;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var file = context.Secrets;
        var secrets = file.List();
        return Task.FromResult(
            Done(
                context,
                secrets.Count == 0
                    ? $"{context.HostEnvironment} has no sealed secrets."
                    : $"{Format.Count(secrets.Count, "version")} of secrets in {context.HostEnvironment}."
            ) with
            {
                Sections = [new SecretsSection(secrets)],
                Messages = file.Warnings(),
            }
        );
    }
}

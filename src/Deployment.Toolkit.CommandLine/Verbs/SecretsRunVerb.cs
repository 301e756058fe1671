using System.CommandLine;
using Deployment.Toolkit.CommandLine.Commands;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRunVerb : Verb
{
    private readonly Option<string[]> _secrets;
    private readonly Argument<string[]> _command;

    internal SecretsRunVerb()
    {
        _secrets = Add(
            new Option<string[]>("--secret")
            {
                HelpName = "[VARIABLE=]NAME",
                Description =
                    "A secret that the command gets, as NAME, NAME@previous or VARIABLE=NAME. Without a variable it is NAME in "
                    + "capitals. May be given more than once.",
                Arity = ArgumentArity.OneOrMore,
                Required = true,
            }
        );
        _command = Add(
            new Argument<string[]>("COMMAND") { Description = "Behind --: the program and its arguments.", Arity = ArgumentArity.OneOrMore }
        );
    }

    internal override string Path => "secrets run";

    internal override string Description =>
        "Runs a command with secrets in its environment and nowhere else, and ends as it does; signals are passed on.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets run --environment Staging --secret PGPASSWORD=Database -- psql --host db content"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var faults = new List<DeploymentMessage>();
        var resolver = context.Services.GetRequiredService<SecretResolver>();
        foreach (var declared in context.Parse.GetRequiredValue(_secrets))
        {
            var equals = declared.IndexOf('=', StringComparison.Ordinal);
            if (!SecretReference.TryParse(SecretReference.Scheme + declared[(equals + 1)..], out var reference) || equals == 0)
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.SecretInvalid,
                        $"'{declared}' names no secret. Write --secret NAME, --secret NAME@previous or --secret VARIABLE=NAME."
                    )
                );
                continue;
            }

            var found = await resolver.FindAsync(reference, Path, cancellationToken).ConfigureAwait(false);
            var variable = equals > 0 ? declared[..equals] : EnvironmentSecretSource.NameOf(reference);
            if (found.Value is not { } value)
                faults.Add(new DeploymentMessage(Codes.SecretUnavailable, $"Secret '{reference.Name}' {found.Fault}"));
            else if (value.Reveal().Contains('\0', StringComparison.Ordinal))
                faults.Add(
                    new DeploymentMessage(
                        Codes.SecretInvalid,
                        $"Secret '{reference.Name}' holds a NUL character, which no variable can. Hand it over as Base64."
                    )
                );
            else if (!variables.TryAdd(variable, value.Reveal()))
                faults.Add(
                    new DeploymentMessage(
                        Codes.SecretInvalid,
                        $"Two secrets would stand in variable {variable}. Write --secret OTHER_VARIABLE={reference.Name} for one of them."
                    )
                );
        }

        if (faults.Count > 0)
            return new VerbReport(DeploymentOutcome.Refused, context.HostEnvironment, faults);

        var command = context.Parse.GetRequiredValue(_command);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            CommandExitCode = await ChildCommand.RunAsync(command[0], command.AsSpan(1).ToArray(), variables).ConfigureAwait(false),
        };
    }
}

using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigParityVerb : Verb
{
    private readonly Argument<string[]> _environments;

    internal ConfigParityVerb()
    {
        _environments = Add(
            new Argument<string[]>("NAMES")
            {
                Description = "The environments, two or more. Default: all that are declared.",
                Arity = ArgumentArity.ZeroOrMore,
            }
        );
    }

    internal override string Path => "config parity";

    internal override string Description =>
        "Shows which environment sets which key; differences that nobody declared are refused with exit code 2.";

    internal override IReadOnlyList<string> Examples => ["deploy config parity Staging Production", "deploy config parity"];

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parity = context.Configuration.GetParity(context.Parse.GetValue(_environments) ?? []);
        var faults = parity.Rows.Where(static row => row.Fault is not null).Select(static row => row.Fault!).ToList();
        var names = string.Join(", ", parity.Environments);
        return Task.FromResult(
            new VerbReport(faults.Count == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused, context.HostEnvironment, faults)
            {
                Sections = [new ParitySection(parity)],
                Headline =
                    faults.Count == 0
                        ? $"{names} agree in what they should."
                        : $"{names}: {Format.Count(faults.Count, "difference")} that nobody declared.",
            }
        );
    }
}

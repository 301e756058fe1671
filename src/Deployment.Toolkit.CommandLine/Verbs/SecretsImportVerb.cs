using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsImportVerb : SecretsVerb
{
    private readonly Option<bool> _replace;

    internal SecretsImportVerb()
    {
        TakesTrustRoot();
        _replace = Add(
            new Option<bool>("--replace") { Description = "Replaces values of names that are there already.", Arity = ArgumentArity.Zero }
        );
        TakesValues();
    }

    internal override string Path => "secrets import";

    internal override string Description => "Seals many values from standard input in one write: JSON, or lines of NAME=value.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets import --environment Staging", "deploy secrets import --environment Staging --replace"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var secrets = Secrets(context);
        secrets.EnsureMayChange();
        var values = SecretImport.Read(
            await SecretInput.ReadAsync(context.Terminal, "NAME=value", isRepeated: false, cancellationToken).ConfigureAwait(false)
        );
        EnsureMaySeal(context, values);
        var present = secrets
            .List()
            .Where(static secret => secret.State == SealedSecretState.Current)
            .Select(static secret => secret.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (
            !IsGiven(context.Parse, _replace)
            && values.Select(static pair => pair.Key).Where(present.Contains).ToList() is { Count: > 0 } twins
        )
            return VerbReport.Refused(
                Codes.SecretInvalid,
                $"There are secrets of these names already: {string.Join(", ", twins)}. Nothing was put in. Run it with --replace, or "
                    + $"take them out of the input."
            );

        await secrets.SetAsync(values, default, cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Sealed: {Format.Count(values.Count, "value")} in {context.HostEnvironment}: "
                + $"{string.Join(", ", values.Select(static pair => pair.Key))}."
        );
    }
}

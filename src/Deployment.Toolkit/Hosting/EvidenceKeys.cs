using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Hosting;

/// <summary>Says in the journal whose bundles count.</summary>
internal sealed class EvidenceKeys(DeploymentPartsFactory factory)
{
    internal async Task<DeploymentResult> AddAsync(
        DeploymentEnvironment host,
        string name,
        string environment,
        string publicKey,
        CancellationToken cancellationToken
    )
    {
        if (!RequiredSuites.IsName(name))
            throw Invalid($"'{VisibleText.Line(name)}' is no name for a key. Nothing was recorded. Use letters, digits, '.', '-' and '_'.");

        var source = factory.Model.Environments.Get(environment).Name;
        var key = EvidenceKey.Parse(publicKey, $"The key '{name}'");
        var parts = factory.Create(null);
        await using var own = factory.OwnSteps();
        await using var session = await new RunLauncher(factory, parts, request: null, own)
            .LockAsync("evidence keys add", cancellationToken)
            .ConfigureAwait(false);
        var known = session.Ledger.Evidence.Keys.FirstOrDefault(known => Is(known, name, source));
        if (known?.KeyId == key.Id)
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = host.Name };
        if (known is not null)
            throw Invalid(
                $"There is another key '{name}' of '{source}' already. Nothing was recorded. Give this one another name, or take that one out with "
                    + $"'deploy evidence keys remove {name} --of {source} --environment {host.Name}'."
            );

        await session
            .AppendAsync(
                null,
                JournalKinds.EvidenceKeyTrusted,
                new EvidenceKeyTrusted(name, source, Convert.ToBase64String(key.Info), key.Id, factory.Operator.Operator),
                JournalJson.Default.EvidenceKeyTrusted
            )
            .ConfigureAwait(false);
        return Done(host, $"What key '{name}' ({key.Id}) signs for '{source}' counts in '{host.Name}'.");
    }

    internal async Task<DeploymentResult> RemoveAsync(
        DeploymentEnvironment host,
        string name,
        string environment,
        CancellationToken cancellationToken
    )
    {
        var source = factory.Model.Environments.Get(environment).Name;
        var parts = factory.Create(null);
        await using var own = factory.OwnSteps();
        await using var session = await new RunLauncher(factory, parts, request: null, own)
            .LockAsync("evidence keys remove", cancellationToken)
            .ConfigureAwait(false);
        if (!session.Ledger.Evidence.Keys.Any(known => Is(known, name, source)))
            throw Invalid(
                $"There is no key '{VisibleText.Line(name)}' of '{source}' in the journal of '{host.Name}'. Nothing was recorded. 'deploy evidence keys list "
                    + $"--environment {host.Name}' shows those that there are; what TrustEvidenceOf declares is taken out there."
            );

        await session
            .AppendAsync(
                null,
                JournalKinds.EvidenceKeyRemoved,
                new EvidenceKeyRemoved(name, source, factory.Operator.Operator),
                JournalJson.Default.EvidenceKeyRemoved
            )
            .ConfigureAwait(false);
        return Done(host, $"What key '{name}' signs for '{source}' counts no more in '{host.Name}', also what was imported before.");
    }

    internal IReadOnlyList<EvidenceKeyInfo> List(EnvironmentLedger ledger)
    {
        var keys = factory
            .Evidence.KeysOf(ledger)
            .Select(static key => new EvidenceKeyInfo
            {
                Name = key.Name,
                Environment = key.Environment,
                KeyId = key.Key.Id,
                PublicKey = key.Key.ToPem(),
                IsDeclared = key.IsDeclared,
            });
        using var signer = factory.FindSigner();
        if (signer?.Signing is not { } signing)
            return [.. keys];

        var own = EvidenceKey.Of(signing);
        return
        [
            .. keys,
            new EvidenceKeyInfo
            {
                Name = "your own",
                KeyId = own.Id,
                PublicKey = own.ToPem(),
            },
        ];
    }

    private static bool Is(EvidenceKeyTrusted key, string name, string environment) =>
        string.Equals(key.Name, name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(key.Environment, environment, StringComparison.OrdinalIgnoreCase);

    private static DeploymentResult Done(DeploymentEnvironment host, string text) =>
        new()
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = host.Name,
            Messages = [new DeploymentMessage(Codes.EvidenceKeyInvalid, text, MessageSeverity.Information)],
        };

    private static DeploymentException Invalid(string text) => DeploymentException.Refused(Codes.EvidenceKeyInvalid, text);
}

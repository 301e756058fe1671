using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Settings.Effective;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// Finds states of the configuration: what a run recorded, what a release was verified with, what an environment's files say.
/// </summary>
internal sealed class ConfigurationStates(DeploymentPartsFactory factory, IConfiguration configuration, ConfigurationRecorder recorder)
{
    internal async Task<ConfigurationComparison> CompareAsync(string from, string to, CancellationToken cancellationToken)
    {
        var first = await RecordedAsync(from, cancellationToken).ConfigureAwait(false);
        var second = await RecordedAsync(to, cancellationToken).ConfigureAwait(false);
        // Fingerprints compare only under one key: what is not recorded takes the other's, or both one that nobody keeps.
        var key = first?.Key ?? second?.Key ?? JournalKey.Throwaway();
        return (first ?? OfFiles(from, key, isAgainstRecord: second is not null)).CompareTo(
            second ?? OfFiles(to, key, isAgainstRecord: first is not null)
        );
    }

    /// <summary>The live release's configuration against the host's own; <see langword="null"/> when no release is verified.</summary>
    internal ConfigurationComparison? Drift(EnvironmentLedger ledger) =>
        ledger.Current is not { } current
            ? null
            : new NamedConfiguration($"release {current.Evidence.Release}", current.Evidence.Configuration, ledger.Key).CompareTo(
                new NamedConfiguration("this host", recorder.Take(ledger.KeyOf(current.Evidence.Configuration)), ledger.Key)
            );

    internal EffectiveConfiguration FilesOf(DeploymentEnvironment environment) =>
        new EnvironmentFiles(configuration, factory.Model.Environments, factory.Environment.Name).Read(environment);

    /// <summary>
    /// The folder that an environment's own files name for journals, where it is another than the one that this host looks in for all of
    /// them; <see langword="null"/> where it is the same, or files cannot be read.
    /// </summary>
    internal string? OtherRoot(DeploymentEnvironment environment)
    {
        try
        {
            // What is no file's counts for every environment of this machine.
            return
                Named(factory.Environment) == configuration[ConfigurationLayers.DirectoryKey]
                && RootOf(environment) is var root
                && root != factory.Root
                ? root
                : null;
        }
        catch (DeploymentException)
        {
            return null;
        }

        string? Named(DeploymentEnvironment of) => FilesOf(of).Root.Find(ConfigurationLayers.DirectoryKey)?.Top(LayerMask.All)?.Value.Value;

        string RootOf(DeploymentEnvironment of) =>
            Path.GetFullPath(Named(of) is { Length: > 0 } path ? path : JournalPaths.RootName, factory.ContentRoot);
    }

    /// <summary>Secrets of an environment other than the host's. This machine's variables and mounted files are none of it.</summary>
    internal SecretLookup LookUp(DeploymentEnvironment environment, SecretReference reference, string component)
    {
        var resolver = factory.Services.GetRequiredService<SecretResolver>();
        if (environment == factory.Environment)
            return resolver.Resolve(reference, component);

        using var sealedFile = new SealedSecretSource(factory.SealedSecretsOf(environment), factory.Time);
        return resolver
            .For(environment, factory.Services.GetService<SealedSecretSource>() is null ? [] : [sealedFile])
            .Resolve(reference, component);
    }

    private async Task<NamedConfiguration?> RecordedAsync(string name, CancellationToken cancellationToken)
    {
        if (factory.Model.Environments.Find(name) is not null)
            return null;

        EnvironmentLedger? here = null;
        foreach (var environment in factory.Model.Environments.All.OrderBy(environment => environment != factory.Environment))
        {
            var ledger = await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false);
            if (environment == factory.Environment)
                here = ledger;
            if (ledger.Find(name) is { } run)
            {
                return new NamedConfiguration(
                    $"run {run.Id} in {environment.Name}",
                    ledger.Named(run.Configuration ?? throw Unknown(name, ledger, "was made before configurations were recorded")),
                    ledger.KeyOf(run.Configuration)
                );
            }

            var verified = ledger.Verified.LastOrDefault(verified => verified.Evidence.Release.IsCalled(name));
            if (verified is not null)
                return new NamedConfiguration(
                    $"release {verified.Evidence.Release} in {environment.Name}",
                    verified.Evidence.Configuration,
                    ledger.KeyOf(verified.Evidence.Configuration)
                );
        }

        throw Unknown(name, here, "is neither a declared environment nor a run or verified release that a journal here knows");
    }

    private NamedConfiguration OfFiles(string name, string key, bool isAgainstRecord)
    {
        var environment = factory.Model.Environments.Get(name);
        // A record holds what variables said too, so it is compared with all that the host has.
        return isAgainstRecord && environment == factory.Environment
            ? new NamedConfiguration($"this host of {environment.Name}", recorder.Take(key), key)
            : new NamedConfiguration(
                $"the files of {environment.Name}",
                recorder.Take(FilesOf(environment), key, (reference, component) => LookUp(environment, reference, component)),
                key
            );
    }

    private DeploymentException Unknown(string name, EnvironmentLedger? ledger, string why)
    {
        var known = factory
            .Model.Environments.All.Select(static environment => environment.Name)
            .Concat((ledger?.Verified ?? []).Select(static verified => verified.Evidence.Release.Version));
        return DeploymentException.Refused(
            Codes.ConfigurationStateUnknown,
            $"'{name}' {why}.{Suggestion.Sentence(name, known)} Name an environment, a run's id ('deploy history' lists them) or a "
                + $"verified release."
        );
    }
}

using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Isolation;

/// <summary>
/// Looks at what an environment has, and at what is known of the others: from journals, from bundles, and else from their files.
/// </summary>
internal sealed class IsolationLook(
    DeploymentPartsFactory factory,
    IConfiguration configuration,
    ConfigurationRecorder recorder,
    ConfigurationStates states,
    SecretReading secrets
)
{
    private const string Component = "isolation";
    private const int ShortestKey = 24;

    private DeclaredIsolation Declared => factory.Model.Registrations.Of<DeclaredIsolation>();

    /// <summary>Whether the app wants its environments to be kept apart.</summary>
    internal bool IsDeclared => Declared.IsDeclared;

    internal async Task<IsolationReport> ReportAsync(EnvironmentLedger ledger, CancellationToken cancellationToken)
    {
        var environment = factory.Environment;
        // A name with a slip would deny nothing.
        foreach (var denied in Declared.Denied)
            _ = factory.Model.Environments.Get(denied.Environment);
        var (configured, databases, warnings) = await OwnAsync(environment, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        List<IsolationFact> facts = [.. configured, .. databases.Facts];
        var comparison = new IsolationComparison(environment.Name, Declared);
        List<IsolationFinding> findings = [.. comparison.Denied(facts), .. databases.Foreign];
        var sides = new List<IsolationSide>();
        foreach (var other in factory.Model.Environments.All.Where(other => other != environment))
        {
            var (side, known) = await FindAsync(other, ledger, cancellationToken).ConfigureAwait(false);
            sides.Add(side);
            findings.AddRange(comparison.With(known, facts));
        }

        var (all, waivers, idle) = new WaiverUse(Declared, factory.Time).Of(findings);
        return new IsolationReport
        {
            Environment = environment.Name,
            Sides = sides,
            Findings = [.. all.OrderBy(static finding => finding.State)],
            Waivers = waivers,
            Warnings = [.. warnings, .. databases.Warnings, .. idle],
        };
    }

    /// <summary>What the journal keeps of it, for the others to compare with; <see langword="null"/> while there is no key.</summary>
    internal async Task<IsolationObserved?> ObserveAsync(EnvironmentLedger ledger, CancellationToken cancellationToken)
    {
        if ((SharedKey() ?? (ledger.Key is { } own ? FactKey.OfJournal(own) : null)) is not { } key)
            return null;

        var (configured, databases, _) = await OwnAsync(factory.Environment, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        return new IsolationObserved(
            key.Id,
            [.. configured.Concat(databases.Facts).Where(static fact => !fact.IsLocal).Select(key.Observe).Distinct()]
        );
    }

    /// <summary>What a bundle may carry: only what is under the key that environments share.</summary>
    internal IsolationObserved? ToCarry(EnvironmentLedger ledger) =>
        ledger.Evidence.Isolation is { } observed && SharedKey() is { } key && observed.KeyId == key.Id ? observed : null;

    private async Task<(IReadOnlyList<IsolationFact>, DatabaseFacts, IReadOnlyList<DeploymentMessage>)> OwnAsync(
        DeploymentEnvironment environment,
        string? journal,
        CancellationToken cancellationToken
    )
    {
        var databases = new DatabaseFacts(environment.Name, journal);
        foreach (var database in factory.Targets())
            await databases.AddAsync(database, cancellationToken).ConfigureAwait(false);
        var (facts, unopened) = Read(EffectiveConfiguration.Of(configuration), environment);
        return (
            facts,
            databases,
            unopened.Count == 0
                ? []
                :
                [
                    new DeploymentMessage(
                        Codes.IsolationIncomplete,
                        $"{string.Join(", ", unopened)} of '{environment.Name}' can't be opened here and {(unopened.Count == 1 ? "is" : "are")} compared with none. "
                            + $"See why with 'deploy check --environment {environment.Name}'.",
                        MessageSeverity.Warning
                    ),
                ]
        );
    }

    private (IReadOnlyList<IsolationFact> Facts, IReadOnlyList<string> Unopened) Read(
        EffectiveConfiguration effective,
        DeploymentEnvironment environment
    )
    {
        // A source that is broken is asked once for all of them.
        using var pass = secrets.BeginPass([]);
        var reader = new ConfiguredFacts(
            recorder.Values,
            Declared,
            reference => states.LookUp(environment, reference, Component).Value?.Reveal()
        );
        return (reader.Of(effective), reader.Unopened);
    }

    // What an environment had when it was deployed last is what it has; its files alone say less, for variables are none of theirs.
    private async Task<(IsolationSide Side, OtherEnvironment Known)> FindAsync(
        DeploymentEnvironment other,
        EnvironmentLedger here,
        CancellationToken cancellationToken
    )
    {
        var (shared, missing) = (SharedKey(), (string?)null);
        EnvironmentLedger ledger;
        try
        {
            ledger = await factory.ReadLedgerAsync(other, cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException e)
        {
            // Another environment's trouble is no reason to stop here.
            return (
                Side(other, "journal", $"its journal can't be read: {e.Messages[0].Text}"),
                new OtherEnvironment(other.Name, FactKey.Throwaway(), [])
            );
        }

        foreach (
            var (source, observed, own) in ((string, IsolationObserved?, string?)[])
                [("journal", ledger.Evidence.Isolation, ledger.Key), ("bundle", here.Evidence.LastOf(other.Name)?.Bundle.Isolation, null)]
        )
        {
            if (observed is null)
                continue;

            FactKey?[] keys = [shared, own is null ? null : FactKey.OfJournal(own)];
            if (Array.Find(keys, key => key?.Id == observed.KeyId) is { } key)
                return (Side(other, source, null), new OtherEnvironment(other.Name, key, observed.Facts));
            missing = $"the key that its {source}'s facts are under is not here";
        }

        var (facts, unopened) = Read(states.FilesOf(other), other);
        var throwaway = FactKey.Throwaway();
        missing ??=
            unopened.Count > 0
                ? $"its secrets at {string.Join(", ", unopened)} can't be opened here, and its databases are not on record"
                : "its databases and variables are not on record";
        return (Side(other, "files", missing), new OtherEnvironment(other.Name, throwaway, [.. facts.Select(throwaway.Observe)]));
    }

    private static IsolationSide Side(DeploymentEnvironment other, string source, string? missing) =>
        new()
        {
            Environment = other.Name,
            Source = source,
            Missing = missing,
        };

    private FactKey? SharedKey()
    {
        if (Declared.KeySetting is not { } setting)
            return null;

        var text = configuration[setting] ?? "";
        var meant = SecretReference.TryParse(text, out var reference)
            ? states.LookUp(factory.Environment, reference, Component).Value?.Reveal()
            : text;
        return meant is { Length: >= ShortestKey }
            ? FactKey.OfSetting(meant)
            : throw DeploymentException.Refused(
                Codes.ConfigurationInvalid,
                $"Setting {setting} holds no key under which environments could be compared: it {(string.IsNullOrEmpty(meant) ? "is not set, or can't be opened" : "is too short")}. "
                    + $"Nothing was compared. Give it {ShortestKey} characters at least, the same in each environment: 'deploy secrets set {setting} --environment "
                    + $"{factory.Environment.Name}'."
            );
    }
}

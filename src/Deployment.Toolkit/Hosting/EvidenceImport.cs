using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Takes another environment's word for a release, when a key signed it that is trusted to.</summary>
internal sealed class EvidenceImport(DeploymentPartsFactory factory, string file, string? release)
{
    private const int MostFacts = 2000;

    // Clocks of two machines.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    internal async Task<DeploymentResult> RunAsync(DeploymentEnvironment environment, CancellationToken cancellationToken)
    {
        if (environment.PromotedFrom is not { } source)
            throw Refused(
                $"counts only where releases come from another environment, and '{environment.Name}' is promoted from none. Import it into the "
                    + "environment that is promoted from the one that made it; PromotedFrom in AddEnvironments says which that is."
            );

        var bytes = Read(source);
        var parts = factory.Create(release);
        await using var own = factory.OwnSteps();
        await using var session = await new RunLauncher(factory, parts, request: null, own)
            .LockAsync("evidence import", cancellationToken)
            .ConfigureAwait(false);
        var keys = factory.Evidence.KeysOf(session.Ledger);
        var (run, key, fault) = EvidenceBundle.Read(bytes, [.. keys.Select(static key => key.Key).DistinctBy(static key => key.Id)]);
        if (run is null || key is null)
            throw Refused(
                $"is not taken: {fault}. {(keys.Count == 0 ? $"No key is trusted here: add the one of '{source}' with" : "Have it made again, or add its key with")} "
                    + $"'deploy evidence keys add NAME --of {source} --public-key KEY --environment {environment.Name}'."
            );

        var name =
            NameOf(keys, key, run)
            ?? throw Refused(
                $"speaks for '{Shown(run.Environment.Name)}', for which its key is not trusted. Have it made where its key belongs."
            );
        Check(environment, parts.Release, run);
        var digest = EvidenceBundle.DigestOf(bytes);
        var last = session.Ledger.Evidence.LastOf(run.Environment.Name)?.Bundle;
        if (last?.Sha256 == digest)
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };
        if (
            last is not null
            && (run.ExportedAt < last.ExportedAt || (run.Environment.Id == last.EnvironmentId && run.Journal.Sequence <= last.Sequence))
        )
            throw Refused(
                $"is older than the one of '{last.Environment}' that was imported last, which was made at {TrustedEvidence.At(last.ExportedAt)}: what it says "
                    + "may have been taken back since. Have a new one made."
            );

        await session
            .AppendAsync(null, JournalKinds.EvidenceImported, RecordOf(run, digest, name, key.Id), JournalJson.Default.EvidenceImported)
            .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages = [Told(environment, run, name, last)],
        };
    }

    private byte[] Read(string source)
    {
        try
        {
            return RegularFile.Read(file, EvidenceBundle.MostBytes);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Refused($"can't be read: {Sentence.Of(e)} Name one that 'deploy evidence export FILE --environment {source}' wrote.");
        }
    }

    private static string? NameOf(IReadOnlyList<TrustedKey> keys, EvidenceKey key, RunPredicate run) =>
        keys.FirstOrDefault(trusted =>
            trusted.Key.Id == key.Id && string.Equals(trusted.Environment, run.Environment.Name, StringComparison.OrdinalIgnoreCase)
        )?.Name;

    private void Check(DeploymentEnvironment environment, Release expected, RunPredicate run)
    {
        if (!string.Equals(run.Environment.Name, environment.PromotedFrom, StringComparison.OrdinalIgnoreCase))
            throw Refused(
                $"is of '{Shown(run.Environment.Name)}', and '{environment.Name}' is promoted from '{environment.PromotedFrom}'. Name the "
                    + "bundle of that one."
            );

        var about = new Release(run.Release.Version, run.Release.Commit);
        if (about != expected)
            throw Refused(
                $"is about release {Shown(about.ToString())}, and this is {expected}. Name the bundle of this release, or say which one it is for with "
                    + "--release."
            );

        var now = factory.Time.GetUtcNow();
        if (run.ExpiresAt <= now)
            throw Refused($"was good until {TrustedEvidence.At(run.ExpiresAt)}. Have a new one made.");
        if (run.ExportedAt > now + Skew)
            throw Refused(
                $"was made at {TrustedEvidence.At(run.ExportedAt)}, which is yet to come. Set the clocks of both machines, and have it made again."
            );
        if (run.Holds.Contains(run.Release))
            throw Refused($"says that release {Shown(about.ToString())} is on hold in '{run.Environment.Name}'. Deploy another release.");
    }

    private EvidenceImported RecordOf(RunPredicate run, string digest, string name, string keyId)
    {
        var (release, by) = (new Release(run.Release.Version, run.Release.Commit), factory.Operator.Operator);
        return new EvidenceImported(
            run.Environment.Name,
            run.Environment.Id,
            digest,
            name,
            keyId,
            run.Journal.Sequence,
            release,
            run.Run,
            run.PlanHash,
            run.VerifiedAt,
            run.LiveSince,
            run.ExportedAt,
            run.ExpiresAt,
            run.Schema,
            [.. run.Holds.Select(static held => new Release(held.Version, held.Commit))],
            [
                .. run.Tests.Select(tests => new TestsRecorded(
                    tests.Suite,
                    release,
                    tests.HasPassed,
                    factory.Redactor.Redact(Shown(tests.Told)),
                    tests.Format,
                    $"key {name} of {run.Environment.Name}",
                    tests.Sha256
                )
                {
                    Passed = tests.Passed,
                    Failed = tests.Failed,
                    Skipped = tests.Skipped,
                    At = tests.At,
                }),
            ],
            by
        )
        {
            Isolation = run.Isolation is { } isolation
                ? new IsolationObserved(
                    Shown(isolation.KeyId),
                    [
                        .. isolation
                            .Facts.Take(MostFacts)
                            .Select(static fact => new ObservedFact(Shown(fact.Kind), Shown(fact.Subject), Shown(fact.Fingerprint))
                            {
                                Instance = fact.Instance is { } instance ? Shown(instance) : null,
                                Stamp = fact.Stamp is { } stamp ? Shown(stamp) : null,
                            }),
                    ]
                )
                : null,
            Migrations = run.Migrations is { } migrations
                ?
                [
                    .. migrations.Select(static migration => new VerifiedMigration(migration.Version, migration.Checksum, migration.WayBack)
                    {
                        Database = migration.Database,
                    }),
                ]
                : null,
        };
    }

    private static DeploymentMessage Told(DeploymentEnvironment environment, RunPredicate run, string name, EvidenceImported? last)
    {
        var gap =
            last is not null && run.Previous != last.Sha256
                ? $" Between it and the one that was imported before there were others, which are not here; of '{run.Environment.Name}' this one is the newest word."
                : "";
        return new DeploymentMessage(
            Codes.EvidenceRefused,
            $"Release {new Release(run.Release.Version, run.Release.Commit)} counts as verified in '{run.Environment.Name}' until {TrustedEvidence.At(run.ExpiresAt)}, on the word of "
                + $"key '{name}'.{gap} Go on with 'deploy plan --environment {environment.Name}'.",
            MessageSeverity.Information
        );
    }

    private static string Shown(string text) => VisibleText.Line(text.Length > 200 ? text[..200] + "…" : text);

    private DeploymentException Refused(string why) =>
        DeploymentException.Refused(Codes.EvidenceRefused, $"Bundle '{file}' {why} Nothing was recorded.");
}

using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Hosting;

/// <summary>Vouches in a file for a release that is verified in the host's environment.</summary>
internal sealed class EvidenceExport(DeploymentPartsFactory factory, ExportEvidenceRequest request)
{
    internal static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(14);

    private static readonly TimeSpan LongestValidity = TimeSpan.FromDays(365);

    internal async Task<DeploymentResult> RunAsync(DeploymentEnvironment environment, CancellationToken cancellationToken)
    {
        if (request.ValidFor <= TimeSpan.Zero || request.ValidFor > LongestValidity)
            throw Refused(
                "A bundle is good for a while, above zero and at most 365 days. Nothing was written. Say for example --valid-for 14d."
            );

        using var key = request.Key is { } given ? SealedKey.Parse(given.Export()) : factory.FindSigner();
        if (key?.Signing is not { } signing)
            throw DeploymentException.Refused(
                Codes.EvidenceKeyInvalid,
                $"Evidence is signed, and there is no key to sign with. Nothing was written. Make one with 'deploy secrets key', or give one in "
                    + $"{KeyRing.KeyVariable}; words alone sign nothing."
            );

        var path = Path.GetFullPath(request.File);
        FileRefusal.EnsureWritable(path);
        var parts = factory.Create(null);
        await using var own = factory.OwnSteps();
        await using var session = await new RunLauncher(factory, parts, request: null, own)
            .LockAsync("evidence export", cancellationToken)
            .ConfigureAwait(false);
        var run = Tell(environment, session.Ledger);
        var bytes = EvidenceBundle.Write(
            signing,
            run,
            [
                .. run.Tests.Select(tests =>
                    session.Ledger.Evidence.TestsOf(tests.Suite, new Release(run.Release.Version, run.Release.Commit))?.Results.Failures
                ),
            ]
        );
        // The record first: of a bundle that is out the journal knows, and one that is not there is made again.
        var exported = new EvidenceExported(
            new Release(run.Release.Version, run.Release.Commit),
            run.Run,
            EvidenceBundle.DigestOf(bytes),
            run.Journal.Sequence,
            EvidenceKey.Of(signing).Id,
            run.ExpiresAt,
            factory.Operator.Operator
        );
        await session
            .AppendAsync(null, JournalKinds.EvidenceExported, exported, JournalJson.Default.EvidenceExported)
            .ConfigureAwait(false);
        await FileRefusal
            .WriteAsync(
                path,
                () => DurableFile.WriteAsync(path, bytes, cancellationToken),
                "The journal names the bundle, which is nowhere and vouches for nothing."
            )
            .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.EvidenceRefused,
                    $"'{path}' vouches until {TrustedEvidence.At(run.ExpiresAt)} for release {exported.Release}, signed with key {exported.KeyId}. "
                        + Next(environment),
                    MessageSeverity.Information
                ),
            ],
        };
    }

    // Where it counts, and nowhere else: where it was made it is refused.
    private string Next(DeploymentEnvironment environment)
    {
        var next = factory
            .Model.Environments.All.Where(other => string.Equals(other.PromotedFrom, environment.Name, StringComparison.OrdinalIgnoreCase))
            .Select(static other => $"'deploy evidence import FILE --environment {other.Name}'")
            .ToList();
        return next.Count == 0
            ? $"It counts in an environment that is promoted from '{environment.Name}', and none is by this app: say PromotedFrom in AddEnvironments."
            : $"Bring it there and run {string.Join(", or ", next)}.";
    }

    private RunPredicate Tell(DeploymentEnvironment environment, EnvironmentLedger ledger)
    {
        if (ledger.OpenRun is { } open)
            throw Refused(
                $"Run {open.Id} in '{environment.Name}' is not finished. Nothing was written. Look at 'deploy status --environment {environment.Name}'."
            );
        if (Choose(ledger) is not { } verified)
            throw Refused(
                $"{(request.Release is { } wanted ? $"Release {wanted} is not verified in '{environment.Name}'" : $"'{environment.Name}' has no verified release yet")}"
                    + $", so there is nothing to vouch for. Nothing was written. Run 'deploy up --environment {environment.Name}' first."
            );
        var release = verified.Evidence.Release;
        if (ledger.HoldOf(release) is { } hold)
            throw Refused(
                $"Release {release} is on hold in '{environment.Name}': {hold.Held.Reason}. Nothing was written. Release the hold with 'deploy unhold "
                    + $"--environment {environment.Name} --reason \"…\"'."
            );

        var now = factory.Time.GetUtcNow();
        return new RunPredicate(
            new EvidenceEnvironment(environment.Name, ledger.JournalId!),
            Of(release),
            verified.Run,
            ledger.Find(verified.Run)?.Plan.Hash ?? "",
            verified.Time,
            verified == ledger.Current ? SoakGate.Since(ledger, verified) : now,
            now,
            now + request.ValidFor,
            new EvidenceHead(ledger.LastHash, ledger.Count),
            verified.Evidence.Schema,
            [.. ledger.Holds.Select(static hold => Of(hold.Held.Release))],
            [
                .. ledger
                    .Evidence.Tests.Where(tests => ReferenceEquals(ledger.Evidence.TestsOf(tests.Results.Suite, release), tests))
                    .Select(static tests => new EvidenceTests(
                        tests.Results.Suite,
                        tests.Results.HasPassed,
                        tests.Results.Told,
                        tests.Results.Format,
                        tests.Results.Passed,
                        tests.Results.Failed,
                        tests.Results.Skipped,
                        tests.Time,
                        tests.Results.Sha256
                    )),
            ],
            []
        )
        {
            Migrations = verified.Evidence.Migrations is { } migrations
                ?
                [
                    .. migrations.Select(static migration => new EvidenceMigration(
                        migration.Version,
                        migration.Checksum,
                        migration.WayBack,
                        migration.Database
                    )),
                ]
                : null,
            Previous = ledger.Evidence.Exported?.Sha256,
            Isolation = factory.Services.GetRequiredService<IsolationLook>().ToCarry(ledger) is { } carried
                ? new EvidenceIsolation(
                    carried.KeyId,
                    [
                        .. carried.Facts.Select(static fact => new EvidenceFact(
                            fact.Kind,
                            fact.Subject,
                            fact.Fingerprint,
                            fact.Instance,
                            fact.Stamp
                        )),
                    ]
                )
                : null,
        };
    }

    private VerifiedRelease? Choose(EnvironmentLedger ledger)
    {
        if (request.Release is null)
            return ledger.Current;

        var wanted = factory.ReleaseOf(request.Release);
        return ledger.Verified.LastOrDefault(verified => wanted.Means(verified.Evidence.Release));
    }

    private static EvidenceRelease Of(Release release) => new(release.Version, release.Commit);

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.EvidenceRefused, text);
}

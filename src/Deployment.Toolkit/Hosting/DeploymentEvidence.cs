using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit;

/// <summary>
/// What speaks for a release beside its runs: results of tests, which promotion gates ask for, and signed bundles that carry it to machines
/// which share nothing.
/// </summary>
public sealed class DeploymentEvidence
{
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(10);

    private readonly DeploymentPartsFactory _factory;

    internal DeploymentEvidence(DeploymentPartsFactory factory) => _factory = factory;

    /// <summary>
    /// Records in the journal of the host's environment how a suite of tests went on a release. Of each suite and commit the last record
    /// counts.
    /// </summary>
    /// <param name="request">The suite, the file or command, and the release.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock, and ends the command.</param>
    /// <returns>Succeeded when the tests passed; failed when they did not, which is recorded as well; refused when nothing was.</returns>
    public Task<DeploymentResult> AddTestsAsync(AddTestsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            async environment =>
            {
                RequiredSuites.EnsureName(request.Suite);
                if ((request.File is null) == (request.Command.Count == 0))
                    throw DeploymentException.Refused(
                        Codes.CommandLineInvalid,
                        "Results come from a file, or from a command behind --, and from one of them. Nothing was recorded. Run 'deploy "
                            + $"evidence add results.trx --suite {request.Suite} --environment {environment.Name}'."
                    );

                var parts = _factory.Create(request.Release);
                var (report, hash) = request.File is { } file
                    ? Read(file)
                    : (await RunAsync(request, cancellationToken).ConfigureAwait(false), null);
                await using var own = _factory.OwnSteps();
                await using var session = await new RunLauncher(_factory, parts, request: null, own)
                    .LockAsync("evidence add", cancellationToken)
                    .ConfigureAwait(false);
                var results = new TestsRecorded(
                    request.Suite,
                    parts.Release,
                    report.HasPassed,
                    parts.Redactor.Redact(report.Told),
                    report.Format,
                    _factory.Operator.Operator,
                    hash
                )
                {
                    Passed = report.Passed,
                    Failed = report.Failed,
                    Skipped = report.Skipped,
                    Failures = report.Failures.Count == 0 ? null : [.. report.Failures.Select(parts.Redactor.Redact)],
                    Source = parts.Redactor.Redact(
                        VisibleText.Line(request.File is null ? request.Command[0] : Path.GetFileName(request.File))
                    ),
                };
                await session
                    .AppendAsync(null, JournalKinds.TestsRecorded, results, JournalJson.Default.TestsRecorded)
                    .ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = report.HasPassed ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed,
                    Environment = environment.Name,
                    Messages = [Told(results)],
                };
            },
            cancellationToken
        );
    }

    /// <summary>What was recorded last of each suite and release, the newest first.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    public async Task<IReadOnlyList<TestEvidence>> GetTestsAsync(string? environment = null, CancellationToken cancellationToken = default)
    {
        var ledger = await LedgerOfAsync(environment, cancellationToken).ConfigureAwait(false);
        return
        [
            .. ledger
                .Evidence.Tests.Reverse()
                .Select(static tests => new TestEvidence
                {
                    Suite = tests.Results.Suite,
                    Release = tests.Results.Release,
                    HasPassed = tests.Results.HasPassed,
                    Told = tests.Results.Told,
                    Format = tests.Results.Format,
                    Sha256 = tests.Results.Sha256,
                    Source = tests.Results.Source,
                    Passed = tests.Results.Passed,
                    Failed = tests.Results.Failed,
                    Skipped = tests.Results.Skipped,
                    Failures = tests.Results.Failures ?? [],
                    At = tests.Time,
                    By = tests.Results.By,
                }),
        ];
    }

    /// <summary>
    /// Vouches in a file for a release that is verified in the host's environment, signed with the key that this process signs proposals of
    /// secrets with, or another.
    /// </summary>
    /// <param name="request">The file, the release, for how long it is good, and the key.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or refused when there is nothing to vouch for or no key.</returns>
    public Task<DeploymentResult> ExportAsync(ExportEvidenceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new EvidenceExport(_factory, request).RunAsync(environment, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Takes another environment's word for a release: it counts as verified there, for promotions into the host's environment, until the
    /// bundle expires or its key is trusted no more.
    /// </summary>
    /// <param name="file">The bundle.</param>
    /// <param name="release">
    /// The release that it has to be about; <see langword="null"/> for the app's own informational version.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>
    /// Succeeded; nothing to do when it is the one that was imported last; refused when it was changed, is of another environment or
    /// release, has expired, is older than the last one, or no trusted key signed it.
    /// </returns>
    public Task<DeploymentResult> ImportAsync(string file, string? release = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new EvidenceImport(_factory, Path.GetFullPath(file), release).RunAsync(environment, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The bundles that were imported into an environment, the newest first.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    public async Task<IReadOnlyList<ImportedEvidence>> GetImportedAsync(
        string? environment = null,
        CancellationToken cancellationToken = default
    ) =>
        [
            .. (await LedgerOfAsync(environment, cancellationToken).ConfigureAwait(false))
                .Evidence.Bundles.Reverse()
                .Select(static imported => new ImportedEvidence
                {
                    Environment = imported.Bundle.Environment,
                    Release = imported.Bundle.Release,
                    Run = imported.Bundle.Run,
                    VerifiedAt = imported.Bundle.VerifiedAt,
                    ExpiresAt = imported.Bundle.ExpiresAt,
                    Key = imported.Bundle.Key,
                    Sha256 = imported.Bundle.Sha256,
                    Sequence = imported.Bundle.Sequence,
                    At = imported.Time,
                    By = imported.Bundle.By,
                }),
        ];

    /// <summary>From here on bundles that a key signed count in the host's environment, for one other environment.</summary>
    /// <param name="name">What the key is called: letters, digits, <c>.</c>, <c>-</c>, <c>_</c>.</param>
    /// <param name="of">The environment that it speaks for.</param>
    /// <param name="publicKey">The <c>p256:…</c> that <c>deploy secrets key</c> shows there, or a public key in PEM.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do when it is trusted already.</returns>
    public Task<DeploymentResult> AddKeyAsync(string name, string of, string publicKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(publicKey);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new EvidenceKeys(_factory).AddAsync(environment, name, of, publicKey, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>From here on nothing counts that a key signed, also what was imported before.</summary>
    /// <param name="name">What the key is called.</param>
    /// <param name="of">The environment that it speaks for.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    public Task<DeploymentResult> RemoveKeyAsync(string name, string of, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(of);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new EvidenceKeys(_factory).RemoveAsync(environment, name, of, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The keys that count in an environment, and the one that this process would sign with.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    public async Task<IReadOnlyList<EvidenceKeyInfo>> GetKeysAsync(
        string? environment = null,
        CancellationToken cancellationToken = default
    ) => new EvidenceKeys(_factory).List(await LedgerOfAsync(environment, cancellationToken).ConfigureAwait(false));

    private ValueTask<EnvironmentLedger> LedgerOfAsync(string? environment, CancellationToken cancellationToken) =>
        _factory.ReadLedgerAsync(
            environment is null ? _factory.Environment : _factory.Model.Environments.Get(environment),
            cancellationToken
        );

    private static DeploymentMessage Told(TestsRecorded results)
    {
        var failures = results.Failures is { Count: > 0 } names
            ? $" Failed are {string.Join(", ", names)}{(results.Failed > names.Count ? " and others" : "")}."
            : "";
        return results.HasPassed
            ? new DeploymentMessage(
                Codes.TestsNotPassed,
                $"Suite '{results.Suite}' on release {results.Release}: {results.Told}.",
                MessageSeverity.Information
            )
            : new DeploymentMessage(
                Codes.TestsNotPassed,
                $"Suite '{results.Suite}' did not pass on release {results.Release}: {results.Told}.{failures} That is recorded. Mend it, "
                    + "run the tests again and record what they say then."
            );
    }

    private static (TestReport Report, string Hash) Read(string file)
    {
        var (report, bytes) = TestReportReader.Read(Path.GetFullPath(file));
        return (report, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private async Task<TestReport> RunAsync(AddTestsRequest request, CancellationToken cancellationToken)
    {
        var launch = new CommandLaunch(request.Command[0], [.. request.Command.Skip(1)])
        {
            WorkingDirectory = _factory.ContentRoot,
            Environment = ProcessEnvironment.Pick([
                "PATH",
                "HOME",
                "SystemRoot",
                "USERPROFILE",
                "TMPDIR",
                "TEMP",
                "TMP",
                "LANG",
                "DOTNET_ROOT",
            ]),
        };
        try
        {
            var exitCode = await CommandRunner
                .RunAsync(
                    launch,
                    line => request.Output?.Invoke(VisibleText.Line(_factory.Redactor.Redact(line))),
                    static _ => Task.CompletedTask,
                    KillGrace,
                    _factory.Time,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return exitCode == 0
                ? new TestReport("command", 1, 0, 0, [], null)
                : new TestReport("command", 0, 1, 0, [], $"the command ended with exit code {exitCode}");
        }
        catch (CommandNotStartedException e)
        {
            throw DeploymentException.Refused(
                Codes.TestReportUnreadable,
                $"{Sentence.Of(e)} Nothing was recorded. Correct the command behind --."
            );
        }
    }
}

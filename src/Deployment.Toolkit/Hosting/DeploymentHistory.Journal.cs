using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit;

public sealed partial class DeploymentHistory
{
    /// <summary>
    /// Checks every record of a journal against its hash, its MAC and the one before, and the whole against what is kept outside of it.
    /// </summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="cancellationToken">Cancels asking the database and anchors.</param>
    /// <returns>
    /// Succeeded with the number of records, by what they were checked and what agrees with them; a warning where that leaves something
    /// open. Refused with the first record that does not hold, or with all that misses records.
    /// </returns>
    /// <exception cref="DeploymentException">The environment is not declared.</exception>
    public Task<DeploymentResult> VerifyJournalAsync(string? environment, CancellationToken cancellationToken = default) =>
        new JournalVerification(_factory, Get(environment)).RunAsync(cancellationToken);

    /// <summary>
    /// Makes a new key for a journal whose key is lost or another's, or that lacks records, and goes on with its records as they are.
    /// Fingerprints from before can't be compared any more.
    /// </summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded.</returns>
    /// <exception cref="DeploymentException">The environment is not declared, is locked, or a record does not hold.</exception>
    public async Task<DeploymentResult> RenewJournalKeyAsync(
        string? environment,
        string reason,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var declared = Get(environment);
        var renewal = await new JournalVerification(_factory, declared)
            .RenewalAsync(_factory.Redactor.Redact(reason), cancellationToken)
            .ConfigureAwait(false);
        await using var session = await LockWait
            .TakeAsync(
                _factory.StoreOf(declared),
                declared.Name,
                "verify-journal",
                _factory.Operator,
                _factory.LockTimeout,
                _factory.Time,
                new Progress<DeploymentProgress>(),
                JournalKey.Throwaway,
                cancellationToken,
                renewal
            )
            .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = declared.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.JournalKeyMissing,
                    $"The journal of '{declared.Name}' goes on under a new key from record {session.Ledger.Count} on; what stands "
                        + $"before is taken as it is: {reason}",
                    MessageSeverity.Information
                ),
            ],
        };
    }

    /// <summary>Writes the lines of a journal into a file that is made for them, byte for byte.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="file">The file.</param>
    /// <param name="keyFile">Another file for the journal's key; <see langword="null"/> leaves the key where it is.</param>
    /// <param name="cancellationToken">Cancels before the file is there.</param>
    /// <returns>Succeeded, or nothing to do where there is no record.</returns>
    /// <exception cref="DeploymentException">The journal cannot be trusted, or a file is there already or cannot be made.</exception>
    public Task<DeploymentResult> ExportJournalAsync(
        string? environment,
        string file,
        string? keyFile = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return TransferOf(environment)
            .ExportAsync(Path.GetFullPath(file), keyFile is null ? null : Path.GetFullPath(keyFile), cancellationToken);
    }

    /// <summary>
    /// Brings the lines of a journal in from a file: into an empty journal, or behind the records that both have. What is there is never
    /// overwritten.
    /// </summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="file">A file that was exported, or the file of a journal on a disk.</param>
    /// <param name="keyFile">The file of the journal's key; <see langword="null"/> for the one beside the file, where there is
    /// one.</param>
    /// <param name="cancellationToken">Cancels before the first record is written.</param>
    /// <returns>Succeeded, or nothing to do where all of it is there.</returns>
    /// <exception cref="DeploymentException">The file's chain is broken, it is another environment's or does not go on with the journal
    /// that is there, or somebody holds the environment's lock.</exception>
    public Task<DeploymentResult> ImportJournalAsync(
        string? environment,
        string file,
        string? keyFile = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return TransferOf(environment)
            .ImportAsync(Path.GetFullPath(file), keyFile is null ? null : Path.GetFullPath(keyFile), cancellationToken);
    }

    /// <summary>
    /// Brings the old part of a journal into a file. What status, rollbacks and backups still rest on stays; a record with the file's hash
    /// takes the part's place in the chain.
    /// </summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="request">Which part, and where to.</param>
    /// <param name="cancellationToken">Cancels before the file is there.</param>
    /// <returns>Succeeded, or nothing to do where no part is old enough.</returns>
    /// <exception cref="DeploymentException">The journal cannot be trusted, the file is there already or cannot be made, or somebody holds
    /// the environment's lock.</exception>
    public Task<DeploymentResult> ArchiveJournalAsync(
        string? environment,
        ArchiveJournalRequest request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(request.File, nameof(request));
        if (request.Keep is null && request.Before is null)
            throw new ArgumentException("Say which runs are kept: Keep, Before, or both.", nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Keep ?? 1, 1, nameof(request));
        return new JournalArchiving(_factory, Get(environment)).RunAsync(request, cancellationToken);
    }

    /// <summary>Checks that a file is an archive of a journal, as it was written, and that the journal goes on behind it.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded.</returns>
    /// <exception cref="DeploymentException">The file is something else or was changed, or the journal cannot be trusted.</exception>
    public Task<DeploymentResult> VerifyArchiveAsync(string? environment, string file, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return new ArchiveVerification(_factory, Get(environment)).RunAsync(Path.GetFullPath(file), cancellationToken);
    }

    /// <summary>The parts of a journal that went to archives, the oldest first.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    public async Task<IReadOnlyList<ArchivedRecords>> GetArchivesAsync(
        string? environment = null,
        CancellationToken cancellationToken = default
    ) =>
        [
            .. (await _factory.ReadLedgerAsync(Get(environment), cancellationToken).ConfigureAwait(false)).Archives.Select(
                static archive => new ArchivedRecords
                {
                    File = archive.Part.File,
                    Sha256 = archive.Part.Sha256,
                    First = archive.Part.From,
                    Last = archive.Part.To,
                    At = archive.Time,
                    By = archive.Part.By,
                }
            ),
        ];

    private JournalTransfer TransferOf(string? environment)
    {
        var of = Get(environment);
        return new JournalTransfer(_factory.StoreOf(of), of.Name);
    }
}

using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Compares a file with what the journal says of the archive that it should be.</summary>
internal sealed class ArchiveVerification(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    internal async Task<DeploymentResult> RunAsync(string file, CancellationToken cancellationToken)
    {
        var store = factory.StoreOf(environment);
        var journal = (await JournalReader.ReadAsync(store, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        var bytes = Read(file);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var archives = EnvironmentLedger.From(journal).Archives;
        if (archives.FirstOrDefault(archive => archive.Part.Sha256 == hash) is not { Part: var part })
            throw Refused(
                $"File '{file}' is no archive of the journal of '{environment.Name}', or was changed: its SHA-256 is {hash}, and the "
                    + $"journal names {(archives.Count == 0 ? "no archive" : string.Join(", ", archives.Select(Named)))}. "
                    + "Name the file that the journal's old part was brought into, or a copy of it."
            );

        var before = archives.Select(static archive => archive.Part.State).FirstOrDefault(state => state.Records == part.From - 1);
        var content = JournalReader.Parse(
            new JournalCopy(file, null),
            bytes,
            new JournalTrust(journal.Trust.Key, before?.KeyId),
            null,
            before is null ? null : new JournalBase(before, [])
        );
        if (content.Fault is { } fault)
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);
        if (content.Count != part.To || content.LastHash != part.State.Hash)
            throw Refused(
                $"File '{file}' ends with record {content.Count}, and the journal of '{environment.Name}' goes on behind record {part.To} "
                    + $"with hash {JournalHead.Short(part.State.Hash)}."
            );

        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.JournalNotArchived,
                    $"File '{file}' holds records {part.From} to {part.To} of the journal of '{environment.Name}', each with the hash of "
                        + $"the one before; the journal goes on behind them.{content.Trust.Describe()}",
                    MessageSeverity.Information
                ),
            ],
        };
    }

    private static string Named(Archived archive) => $"'{archive.Part.File}' with {archive.Part.Sha256}";

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Refused($"File '{file}' cannot be read: {Sentence.Of(e)} Name the file that the journal's old part was brought into.");
        }
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.JournalNotArchived, text);
}

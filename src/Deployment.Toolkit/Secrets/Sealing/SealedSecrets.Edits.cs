using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <content>Many secrets looked at and changed together.</content>
public sealed partial class SealedSecrets
{
    /// <summary>Whom the key that opens the file belongs to.</summary>
    internal string OpenedBy(CancellationToken cancellationToken)
    {
        using var opened = Open(cancellationToken);
        return opened.By.Name;
    }

    /// <summary>
    /// The values in force, each with what the file shows of it; names with a version that is still to begin are left out.
    /// </summary>
    internal IReadOnlyList<(SealedSecretInfo Info, Secret Value)> Values(CancellationToken cancellationToken)
    {
        using var opened = Open(cancellationToken);
        var now = _time.GetUtcNow();
        return
        [
            .. opened
                .File.Entries.Where(entry => entry.State == EntryState.Current && entry.IsReadableAt(now))
                .Select(entry => (SealedChecks.Show(entry), opened.Reveal(entry))),
        ];
    }

    /// <summary>Sets and removes secrets in one write. What was edited must still be as it was read.</summary>
    /// <exception cref="DeploymentException">Somebody changed one of them meanwhile, or a value is none; then nothing was
    /// changed.</exception>
    internal Task EditAsync(IReadOnlyCollection<SecretEdit> edits, CancellationToken cancellationToken)
    {
        foreach (var edit in edits)
            SealedChecks.EnsureValue(edit.Name, edit.Value ?? new Secret(""), edit.Validity, _time.GetUtcNow());
        return ChangeAsync(
            opened =>
                edits.Aggregate(
                    opened.File,
                    (file, edit) =>
                    {
                        if ((SealedEdits.Versions(file, edit.Name).LastOrDefault()?.Version ?? 0) != edit.Version)
                            throw DeploymentException.Refused(
                                Codes.SecretChanged,
                                $"Secret '{edit.Name}' was changed while it was edited. Nothing was sealed. Run 'deploy secrets edit' "
                                    + $"again."
                            );

                        return edit.Value is { } value
                            ? SealedEdits.Set(opened.With(file), edit.Name, value, edit.Validity, _time.GetUtcNow())
                            : SealedEdits.Remove(opened.With(file), edit.Name);
                    }
                ),
            cancellationToken
        );
    }
}

using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>What names, values and times have to be, whoever puts them in.</summary>
internal static class SealedChecks
{
    /// <exception cref="DeploymentException">Name, value or times are none. The message never holds the value.</exception>
    internal static void EnsureValue(string name, Secret value, SealedValidity validity, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(value);
        EnsureName(name, Codes.SecretInvalid, "Secret");
        if (!PaddedValue.Fits(value))
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"The value of secret '{name}' is longer than {SealedFormat.LongestValue} bytes of UTF-8, or no Unicode text. Keep "
                    + $"large or binary values elsewhere and seal their key."
            );
        if (validity.ExpiresAt is { } over && over <= now)
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"Secret '{name}' would have expired at {SealedFormat.Time(over)} already, so that nobody could read it. Name a time to "
                    + $"come."
            );
        if (validity is { NotBefore: { } begin, ExpiresAt: { } end } && end <= begin)
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"Secret '{name}' would expire at {SealedFormat.Time(end)}, before it begins to be valid at {SealedFormat.Time(begin)}. "
                    + $"Swap the two."
            );
    }

    internal static void EnsureName(string name, string code, string subject)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!SealedFormat.IsName(name))
            throw DeploymentException.Refused(
                code,
                $"{subject} name '{name}' is none: use letters, digits, '.', '-' and '_', beginning with a letter or digit, at most 128 "
                    + $"of them."
            );
    }

    internal static SealedSecretInfo Show(SealedEntry entry) =>
        new()
        {
            Name = entry.Name,
            Version = entry.Version,
            State = entry.State switch
            {
                EntryState.Current => SealedSecretState.Current,
                EntryState.Previous => SealedSecretState.Previous,
                _ => SealedSecretState.Proposed,
            },
            NotBefore = entry.NotBefore,
            ExpiresAt = entry.Expires,
        };

    internal static SealedSecretInfo Show(SealedFile file, SealedProposal proposal) =>
        Show(proposal.Entry) with
        {
            Proposal = proposal.Id,
            Proposer = SealedProposals.ProposerOf(file, proposal),
            ProposedAt = proposal.At,
        };
}

using System.Globalization;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Secrets.Rotation;

/// <summary>What of an environment's secrets is to be done when. It needs the journal and what a sealed file shows without a key.</summary>
internal static class SecretSchedule
{
    internal static IReadOnlyList<SecretDue> Of(
        EnvironmentLedger ledger,
        IReadOnlyList<SealedSecretInfo> secrets,
        SecretRotators rotators,
        string environment,
        DateTimeOffset now
    )
    {
        var due = new List<SecretDue>();
        foreach (var secret in secrets.Where(static secret => secret.State == SealedSecretState.Current))
        {
            if (rotators.Find(secret.Name) is { } rotator)
            {
                // A secret that this journal never saw renewed is at least as old as what it is compared with: the journal itself.
                if ((ledger.RenewalOf(secret.Name)?.LastRecordAt ?? ledger.Since) is { } since)
                    Add(secret.Name, SecretDuty.Renew, since + rotator.RotateEvery);
                if (Unretired(ledger, secret.Name) is { } renewal)
                    Add(secret.Name, SecretDuty.Retire, renewal.LastRecordAt);
            }

            if (secret.ExpiresAt is { } end)
                Add(secret.Name, SecretDuty.Replace, end);
        }

        return due;

        void Add(string name, SecretDuty duty, DateTimeOffset at) =>
            due.Add(
                new SecretDue
                {
                    Name = name,
                    Duty = duty,
                    At = at,
                    Text = Text(name, duty, at, rotators, environment, now),
                }
            );
    }

    /// <summary>The last renewal, when it left the old one valid and nobody ended that since.</summary>
    internal static RunLog? Unretired(EnvironmentLedger ledger, string secret)
    {
        var last = ledger.LastOfSecret(secret);
        return
            last is { Plan.Kind: RunKind.Renew }
            && last.Steps.All(static step => step.Planned.Irreversible is null || step.Planned.Name == DeploymentSteps.MarkVerified)
            ? last
            : null;
    }

    private static string Text(
        string name,
        SecretDuty duty,
        DateTimeOffset at,
        SecretRotators rotators,
        string environment,
        DateTimeOffset now
    )
    {
        var day = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return duty switch
        {
            SecretDuty.Renew =>
                $"Secret '{name}' {(at <= now ? "was" : "is")} due for renewal on {day}. Run 'deploy secrets renew {name} --environment "
                    + $"{environment}'.",
            SecretDuty.Retire =>
                $"Secret '{name}' was renewed on {day}, and what it was before is still valid at its issuer. When every host has the "
                    + $"new one, run 'deploy secrets retire {name} --environment {environment}'.",
            _ => $"Secret '{name}' {(at <= now ? "expired" : "expires")} on {day}. Put a new one in with 'deploy secrets "
                + $"{(rotators.Find(name) is null ? "rotate" : "renew")} {name} --environment {environment}'.",
        };
    }
}

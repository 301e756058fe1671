using System.Globalization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The lists of sealed secrets and of those who can open them.</summary>
internal static class SecretsText
{
    internal static void Secrets(Page page, IReadOnlyList<SealedSecretInfo> secrets)
    {
        page.Line();
        var rows = new List<Shown[]>(secrets.Count + 1) { (Shown[])["NAME", "VERSION", "STATE", "NOT BEFORE", "EXPIRES"] };
        foreach (var secret in secrets)
        {
            rows.Add([
                secret.Name,
                secret.Version.ToString(CultureInfo.InvariantCulture),
                secret.Proposal is { } id ? $"{Format.Words(secret.State)} ({id})" : Format.Words(secret.State),
                secret.NotBefore is { } begin ? Format.Minute(begin) : page.Dash,
                secret.ExpiresAt is { } end ? Format.Minute(end) : page.Dash,
            ]);
        }

        page.Rows(rows);
        if (!secrets.Any(static secret => secret.Proposal is not null))
            return;

        page.Line();
        page.Rows([
            (Shown[])["PROPOSAL", "SECRET", "PROPOSED", "BY"],
            .. secrets
                .Where(static secret => secret.Proposal is not null)
                .Select(static secret =>
                    (Shown[])[secret.Proposal!, secret.Name, Format.Minute(secret.ProposedAt!.Value), secret.Proposer!]
                ),
        ]);
    }

    internal static void Recipients(Page page, IReadOnlyList<SealedRecipientInfo> recipients)
    {
        page.Line();
        var rows = new List<Shown[]>(recipients.Count + 1) { (Shown[])["NAME", "KIND", "PUBLIC KEY"] };
        foreach (var recipient in recipients)
            rows.Add([recipient.Name, recipient.Kind, recipient.PublicKey]);
        page.Rows(rows);
    }
}

using System.Security.Cryptography;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// What is signed of a record, as proposals of secrets are: ECDSA on P-256 over each field with its length. The hash of the record
/// before is
/// one of them, so that the same words signed once count in one place of one journal.
/// </summary>
internal static class SignedWords
{
    internal static byte[] Of(ReleaseApproved given, string environment, string after) =>
        Hash(
            Begin("approval", environment, after)
                .Text(given.Id)
                .Text(given.Release.Version)
                .Text(given.Release.Commit)
                .Text(given.Plan)
                .Text(given.Account)
                .Text(given.Claimed)
                .Text(given.Note)
                .Text(given.Approver)
                .Time(given.Expires)
        );

    internal static byte[] Of(ApproverAdded added, string environment, string after)
    {
        var words = Begin("approver added", environment, after).Text(added.Name).Text(added.Key).Text(added.SignedBy);
        foreach (var list in (IReadOnlyList<string>[])[added.Roles, added.Names])
        {
            words.Number(list.Count);
            foreach (var text in list)
                words.Text(text);
        }

        return Hash(words);
    }

    internal static byte[] Of(ApproverRemoved removed, string environment, string after) =>
        Hash(Begin("approver removed", environment, after).Text(removed.Name).Text(removed.Reason).Text(removed.SignedBy));

    internal static byte[] Of(GlassBroken broken, string environment, string after) =>
        Hash(
            Begin("glass broken", environment, after)
                .Text(broken.Run)
                .Text(broken.Release.Version)
                .Text(broken.Release.Commit)
                .Text(broken.Reason)
                .Text(broken.Account)
                .Text(broken.Claimed)
                .Text(broken.Approver)
        );

    internal static byte[] Of(GlassReviewed review, string environment, string after) =>
        Hash(
            Begin("glass reviewed", environment, after)
                .Text(review.Run)
                .Text(review.Reason)
                .Text(review.Account)
                .Text(review.Claimed)
                .Text(review.Approver)
        );

    internal static string Sign(SigningKey key, byte[] hash) => Convert.ToBase64String(key.Sign(hash));

    /// <summary>Whether the owner of a listed key signed that.</summary>
    internal static bool Fits(string? key, string? signature, byte[] hash) =>
        Bytes(key) is { } point && Bytes(signature) is { } written && SigningKey.Verify(point, hash, written);

    private static FieldWriter Begin(string what, string environment, string after) =>
        new FieldWriter("promotion: " + what).Text(environment).Text(after);

    private static byte[] Hash(FieldWriter words) => SHA256.HashData(words.Written);

    private static byte[]? Bytes(string? text)
    {
        if (text is null)
            return null;

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }
}

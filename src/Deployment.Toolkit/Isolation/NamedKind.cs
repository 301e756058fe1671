using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Isolation;

/// <summary>Accounts, buckets and queues, which nothing but the name of their setting tells.</summary>
internal static class NamedKind
{
    private const int LongestName = 512;

    internal static (IsolationKind Kind, string Name)? Of(string key, string text)
    {
        var words = NameWords.Of(key[(key.LastIndexOf(':') + 1)..]);
        if (text.Length > LongestName || bool.TryParse(text, out _))
            return null;
        if ((Address(text, "s3") ?? Address(text, "gs")) is { } addressed)
            return (IsolationKind.Bucket, addressed);
        if (text.Contains("://", StringComparison.Ordinal))
            return null;

        IsolationKind? kind = words switch
        {
            [.., "ACCOUNT" or "PROJECT" or "TENANT" or "SUBSCRIPTION", "ID"] or [.., "ACCOUNT", "NAME"] or [.., "ACCOUNT"] =>
                IsolationKind.Account,
            [.., "BUCKET" or "CONTAINER", "NAME"] or [.., "BUCKET" or "CONTAINER"] => IsolationKind.Bucket,
            [.., "QUEUE" or "TOPIC" or "EXCHANGE", "NAME" or "URL"] or [.., "QUEUE" or "TOPIC" or "EXCHANGE"] => IsolationKind.Queue,
            _ => null,
        };
        return kind is { } found && text.Trim() is { Length: > 0 } name ? (found, name) : null;
    }

    private static string? Address(string text, string scheme) =>
        text.StartsWith(scheme + "://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri.Host
            : null;
}

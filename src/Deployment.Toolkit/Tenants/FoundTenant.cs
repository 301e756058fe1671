using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Tenants;

/// <summary>A tenant that was found. What is said of it comes from outside: bounded, fit for a terminal, without what its connection
/// string keeps secret.</summary>
internal sealed class FoundTenant(Tenant tenant, DeclaredTenants declared, string contentRoot, Func<string, string> redact)
{
    internal const int LongestId = 128;

    private const int LongestText = 400;

    // A password of a letter would mask that letter everywhere.
    private const int LeastSecret = 4;

    private IReadOnlyList<string>? _secrets;

    /// <summary>What tells it from others, as it was given.</summary>
    internal string Id => tenant.Id;

    /// <summary>The same for people and the journal.</summary>
    internal string Shown { get; } = Show(tenant.Id);

    internal static string Show(string id) => VisibleText.Line(id.Length > LongestId ? string.Concat(id.AsSpan(0, LongestId), "…") : id);

    /// <summary>Its database, which nobody has opened yet.</summary>
    internal TargetDatabase Open()
    {
        var database = declared.Options.Dialect!().Open(() => tenant.Connect(declared.Options.Factory), contentRoot);
        database.Key = declared.Key;
        return database;
    }

    /// <summary>A text about it without what is secret, in one bounded line.</summary>
    internal string Clean(string text)
    {
        foreach (var secret in _secrets ??= Secrets())
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        text = redact(text);
        return VisibleText.Line(text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text);
    }

    private List<string> Secrets()
    {
        var whole = tenant.ConnectionString;
        var secrets = new List<string>();
        if (whole.Length >= LeastSecret)
            secrets.Add(whole);
        try
        {
            var settings = new DbConnectionStringBuilder { ConnectionString = whole };
            foreach (string keyword in settings.Keys)
            {
                if (IsSecret(keyword) && settings[keyword] is string { Length: >= LeastSecret } value)
                    secrets.Add(value);
            }
        }
        catch (ArgumentException)
        {
            // It is no list of settings; the whole of it is masked.
        }

        return secrets;
    }

    private static bool IsSecret(string keyword) =>
        keyword.Contains("password", StringComparison.OrdinalIgnoreCase)
        || keyword.Contains("pwd", StringComparison.OrdinalIgnoreCase)
        || keyword.Contains("passphrase", StringComparison.OrdinalIgnoreCase)
        || keyword.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || keyword.Contains("token", StringComparison.OrdinalIgnoreCase);
}

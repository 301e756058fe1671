using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// Finds a password in a connection string of any dialect: <c>key=value;</c>, Redis' commas, or user and password in a URL.
/// </summary>
internal static class ConnectionSecrets
{
    private static readonly string[] s_defaults =
    [
        "guest",
        "root",
        "admin",
        "postgres",
        "mysql",
        "sa",
        "user",
        "test",
        "password",
        "secret",
        "redis",
        "rabbitmq",
        "minioadmin",
        "elastic",
        "mongo",
    ];

    // A look behind, not blanks in front: from each of many blanks a search would go over all the others again.
    private static readonly Regex s_pair = new(
        @"(?<![^;,&?\s])(?<key>password|pwd|passwd|account\s?key|shared\s?access\s?key|shared\s?access\s?signature|access\s?key|secret\s?access\s?key|api\s?key|primary\s?key|client\s?secret)\s*=\s*(?<value>'[^']*'|""[^""]*""|[^;,&\s][^;&]*)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly Regex s_other = new(
        @"(?<![^;,&?\s])(server|data source|host|address|addr|network address|endpoint|accountendpoint|accountname|database|initial catalog|user id|uid|user|username|user name|port|defaultendpointsprotocol|sharedaccesskeyname|ssl|abortconnect)\s*=",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly Regex s_redis = new(
        @"^[\w.-]+:\d{2,5}(,|$)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly Regex s_url = new(
        @"^(?<scheme>[a-z][a-z0-9+.-]*)://(?<user>[^:/?#@\s]*):(?<password>[^@/\s]+)@(?<host>[^/?\s]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    /// <summary>The name of what holds the password, as the text spells it; <see langword="null"/> when it has none.</summary>
    public static string? Find(string text)
    {
        if (
            text.Length < 8
            || (text.IndexOf('=') < 0 && text.IndexOf('@') < 0)
            || text.IndexOf("UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase) >= 0
        )
            return null;

        var url = s_url.Match(text.Trim());
        if (url.Success)
        {
            var password = url.Groups["password"].Value;
            return IsSecret(password) && !(IsDefault(password) && LocalHost.IsHost(url.Groups["host"].Value))
                ? url.Groups["scheme"].Value + "://"
                : null;
        }

        return s_other.IsMatch(text) || s_redis.IsMatch(text) ? FindPair(text) : null;
    }

    // Apart, so that what its queries hold on to is not made for every text that is asked about.
    private static string? FindPair(string text)
    {
        var isLocal = ConnectionStringText.Parse(text) is { IsLocal: true };
        return s_pair
            .Matches(text)
            .Cast<Match>()
            .Select(m => (Match: m, Password: Value(m.Groups["value"].Value, text)))
            .Where(m => IsSecret(m.Password) && !(isLocal && IsDefault(m.Password)))
            .Select(m => m.Match.Groups["key"].Value)
            .FirstOrDefault();
    }

    // Redis has commas between its parts, the others semicolons, and in a password a comma is a letter.
    private static string Value(string value, string text)
    {
        var bare = text.IndexOf(';') < 0 && s_redis.IsMatch(text) ? value.Split(',')[0] : value;
        return bare.Trim().Trim('\'', '"');
    }

    /// <summary>
    /// The name of an empty password with which a user signs in to another machine's database; <see langword="null"/> when there is none.
    /// </summary>
    public static string? FindEmpty(string text) =>
        text.IndexOf("pass", StringComparison.OrdinalIgnoreCase) + text.IndexOf("pwd", StringComparison.OrdinalIgnoreCase) > -2
        && ConnectionStringText.Parse(text) is { IsLocal: false } connection
        && (connection["userid"] ?? connection["uid"] ?? connection["user"] ?? connection["username"]) is { Length: > 0 }
            ? connection["password"] is { Length: 0 }
                ? "Password"
                : connection["pwd"] is { Length: 0 }
                    ? "Pwd"
                    : null
            : null;

    private static bool IsSecret(string password) =>
        password.Length > 0
        && !IsHole(password)
        && !password.Equals("guest", StringComparison.OrdinalIgnoreCase)
        && !SecretValues.IsPlaceholder(password);

    // What a database in a container on one's own machine is called by everybody.
    internal static bool IsDefault(string password) => s_defaults.Contains(password, StringComparer.OrdinalIgnoreCase);

    // A part that code fills in: "{0}", "{password}".
    private static bool IsHole(string password) => password[0] == '{' && password[password.Length - 1] == '}';
}

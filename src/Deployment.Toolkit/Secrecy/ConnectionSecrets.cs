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
        @"(?<![^;,&?\s\p{Cc}])(?<key>([\w/-]*[_/-])?(user|login|db)?(password|pwd|passwd|passphrase)|account\s?key|shared\s?access\s?key|shared\s?access\s?signature|access\s?key|secret\s?access\s?key|api\s?key|primary\s?key|client\s?secret)\s*=\s*(?<value>'[^']*'|""[^""]*""|[^;,&\s][^;&]*)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    // Names of many things: what stands behind them has to look like a secret itself.
    private static readonly Regex s_token = new(
        @"(?<![^;,&?\s\p{Cc}])(?<key>auth|(auth|access|api|bearer|sas)[\s_-]?token|token|credentials?|secret)\s*[=:]\s*(?<value>[^;,&\s""']{16,})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    private static readonly Regex s_other = new(
        @"(?<![^;,&?\s\p{Cc}])(server|data source|host|address|addr|network address|endpoint|accountendpoint|accountname|database|initial catalog|user id|uid|user|username|user name|port|defaultendpointsprotocol|sharedaccesskeyname|ssl|abortconnect)\s*=",
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

    // Within a text: "see http://robot:S3cRet123@example.com".
    private static readonly Regex s_urlWithin = new(
        @"(?<![a-z0-9+.-])(?<scheme>[a-z][a-z0-9+.-]{1,19})://(?<user>[^:/?#@\s<>""]{1,99}):(?<password>[^@/\s<>""]{1,199})@[\w.-]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    // Nothing else stands in the text.
    private static readonly Regex s_word = new(
        @"^\p{Cc}?(?<key>password|passwd|pwd|passphrase)\s*=\s*\p{Cc}?(?<value>[A-Za-z]{8,64})\p{Cc}?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10)
    );

    /// <summary>The name of what holds the password, as the text spells it; <see langword="null"/> when it has none.</summary>
    /// <param name="text">Of which it may be a part.</param>
    /// <param name="isSetting">Whether it is a value of a file of settings, which holds no examples and no messages.</param>
    public static string? Find(string text, bool isSetting = false)
    {
        if (
            text.Length < 8
            || (text.IndexOf('=') < 0 && text.IndexOf('@') < 0 && text.IndexOf(':') < 0)
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

        if (
            text.IndexOf('@') >= 0
            && s_urlWithin.Match(text) is { Success: true } within
            && SecretValues.IsStrong(within.Groups["password"].Value)
            && IsSecret(within.Groups["password"].Value)
        )
            return within.Groups["scheme"].Value + "://";

        return (s_other.IsMatch(text) || s_redis.IsMatch(text) ? FindPair(text) : FindAlone(text, isSetting)) ?? FindToken(text);
    }

    // "Password=S3crEt@123" and nothing else that a connection needs: in code it has to look like one, for code writes such texts of
    // others' too.
    private static string? FindAlone(string text, bool isSetting) =>
        s_pair
            .Matches(text)
            .Cast<Match>()
            .Where(m =>
                Value(m.Groups["value"].Value, text) is var password
                && IsSecret(password)
                && !IsDefault(password)
                && (SecretValues.IsStrong(password) || (isSetting && !password.Any(char.IsWhiteSpace)) || IsWord(text))
                && SecretValues.IsPlausible(password, m.Groups["key"].Value)
            )
            .Select(m => m.Groups["key"].Value)
            .FirstOrDefault();

    // "password=newPassword" names what is asked for.
    private static bool IsWord(string text) =>
        s_word.Match(text) is { Success: true } word && SecretNames.Of(word.Groups["value"].Value) == SecretName.None;

    private static string? FindToken(string text) =>
        s_token
            .Matches(text)
            .Cast<Match>()
            .Where(m =>
                SecretValues.IsRandom(m.Groups["value"].Value) && SecretValues.IsPlausible(m.Groups["value"].Value, m.Groups["key"].Value)
            )
            .Select(m => m.Groups["key"].Value)
            .FirstOrDefault();

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
        && !IsParameter(password)
        && !password.Equals("guest", StringComparison.OrdinalIgnoreCase)
        && !SecretValues.IsPlaceholder(password);

    // What a database in a container on one's own machine is called by everybody.
    internal static bool IsDefault(string password) => s_defaults.Contains(password, StringComparer.OrdinalIgnoreCase);

    // Of a command of SQL: "@password".
    private static bool IsParameter(string password) =>
        password[0] == '@' && password.Skip(1).All(static c => char.IsLetter(c) || c == '_');

    // What code fills in, or begins with: "{0}", "{password}".
    private static bool IsHole(string password) => password[0] == '{' && password.IndexOf('}') > 0;
}

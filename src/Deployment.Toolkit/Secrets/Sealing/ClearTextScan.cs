using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Looks for secrets that stand in an app's files in the clear.</summary>
internal static class ClearTextScan
{
    private const long Longest = 4 * 1024 * 1024;

    // Values that say themselves that they are none: <your key>, ${KEY}, changeme, ***.
    private static readonly Regex Placeholder = new(
        @"\A(<[^>]*>|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|\*+|x{3,}|change[-_ ]?me|true|false)\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    /// <summary>One message a find, with file, line, column and key, never the value.</summary>
    internal static IReadOnlyList<DeploymentMessage> Find(string folder)
    {
        var found = new List<DeploymentMessage>();
        foreach (var file in Files(folder))
        {
            if (new FileInfo(file).Length > Longest)
                continue;

            found.AddRange(FindIn(file, File.ReadAllBytes(file)));
        }

        return found;
    }

    /// <summary>What stands in one file: in the settings of a settings file, in the lines of any other text.</summary>
    internal static IReadOnlyList<DeploymentMessage> FindIn(string file, byte[] bytes)
    {
        if (bytes.Length > Longest)
            return [];
        if (!IsSettings(Path.GetFileName(file)))
            return FindInLines(file, bytes);

        var found = new List<DeploymentMessage>();
        foreach (
            var setting in file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonSettings.Read(bytes) : LineSettings.Read(bytes)
        )
        {
            if (Reason(setting) is { } reason)
                found.Add(Message(file, setting, reason));
        }

        return found;
    }

    // In other texts only what has a secret's own form: names say little in code.
    private static List<DeploymentMessage> FindInLines(string file, byte[] bytes)
    {
        var found = new List<DeploymentMessage>();
        if (bytes.AsSpan().Contains((byte)0))
            return found;

        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).AsSpan().EnumerateLines())
        {
            number++;
            var key = line.IndexOf("-----BEGIN", StringComparison.Ordinal);
            var isKey = key >= 0 && line[key..].Contains("PRIVATE KEY-----", StringComparison.Ordinal);
            var token = isKey ? default : SecretForms.Token.EnumerateMatches(line);
            if (!isKey && !token.MoveNext())
                continue;

            found.Add(
                new DeploymentMessage(
                    Codes.SecretInClear,
                    $"File '{file}' holds a secret in the clear: "
                        + $"{(isKey ? "a private key" : "a text of the form of a well-known service's token")}. Change it at its "
                        + $"source, seal the new one with 'deploy secrets set NAME', and take it out of the file."
                )
                {
                    File = file,
                    Line = number,
                    Column = (isKey ? key : token.Current.Index) + 1,
                }
            );
        }

        return found;
    }

    private static bool IsSettings(string name) =>
        !name.EndsWith(".example", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith(".template", StringComparison.OrdinalIgnoreCase)
        && (
            (
                name.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase)
                && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            )
            || name.Equals("launchSettings.json", StringComparison.OrdinalIgnoreCase)
            || name == ".env"
            || name.StartsWith(".env.", StringComparison.Ordinal)
        );

    private static DeploymentMessage Message(string file, ClearSetting setting, string reason)
    {
        var name = setting.Key.Replace("__", ".", StringComparison.Ordinal).Replace(':', '.');
        return new DeploymentMessage(
            Codes.SecretInClear,
            $"Setting '{setting.Key}' stands in the clear: {reason}. Change the value at its source, seal the new one with 'deploy "
                + $"secrets set {name}', and write 'secret://{name}' in its place."
        )
        {
            Key = setting.Key,
            File = file,
            Line = setting.Line,
            Column = setting.Column,
        };
    }

    private static IEnumerable<string> Files(string folder) =>
        (
            (IEnumerable<(string Folder, string Pattern)>)
                [
                    (folder, "appsettings*.json"),
                    (folder, ".env"),
                    (folder, ".env.*"),
                    (Path.Combine(folder, "Properties"), "launchSettings.json"),
                ]
        )
            .Where(static place => Directory.Exists(place.Folder))
            .SelectMany(static place => Directory.EnumerateFiles(place.Folder, place.Pattern))
            .Where(static file =>
                !file.EndsWith(".example", StringComparison.OrdinalIgnoreCase)
                && !file.EndsWith(".template", StringComparison.OrdinalIgnoreCase)
            )
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private static string? Reason(ClearSetting setting)
    {
        var value = setting.Value;
        if (value.Length == 0 || SecretReference.IsReference(value) || Placeholder.IsMatch(value))
            return null;
        if (SecretForms.Match(value) is { } form)
            return form;
        if (SecretNames.Match(setting.Key[(setting.Key.LastIndexOfAny([':', '_']) + 1)..]) || SecretNames.Match(setting.Key))
            return "its name is a secret's";
        if (
            Uri.TryCreate(value, UriKind.Absolute, out var uri)
            && uri.UserInfo.Contains(':', StringComparison.Ordinal)
            && !uri.UserInfo.EndsWith(':')
        )
            return "it is an address with a password";
        return value.Contains('=', StringComparison.Ordinal) && HasPassword(value) ? "it is a connection string with a password" : null;
    }

    private static bool HasPassword(string value)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = value };
            return builder
                .Keys.Cast<string>()
                .Any(name =>
                    SecretNames.Match(name) && builder[name].ToString() is { Length: > 0 } part && !SecretReference.IsReference(part)
                );
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Looks for secrets that stand in an app's files in the clear.</summary>
internal static class ClearTextScan
{
    // A settings file is a few pages; what is so large that nobody could read it is not read here.
    private const long Longest = 64 * 1024 * 1024;

    private static readonly string[] OtherFolders = ["bin", "obj", "node_modules", "packages"];

    private static readonly EnumerationOptions Everywhere = new()
    {
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        RecurseSubdirectories = false,
    };

    /// <summary>One message a find, with file, line, column and key, never the value.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="declared">What the app said of its settings.</param>
    internal static IReadOnlyList<DeploymentMessage> Find(string folder, DeclaredSecrets declared)
    {
        var found = new List<DeploymentMessage>();
        foreach (var file in Files(folder))
        {
            if (new FileInfo(file).Length > Longest)
                continue;

            found.AddRange(FindIn(file, File.ReadAllBytes(file), declared));
        }

        return found;
    }

    /// <summary>What stands in one file: in the settings of a settings file, in the lines of any other text.</summary>
    internal static IReadOnlyList<DeploymentMessage> FindIn(string file, byte[] bytes, DeclaredSecrets declared)
    {
        if (bytes.Length > Longest)
            return [];
        bytes = InUtf8(bytes);
        if (!IsSettings(Path.GetFileName(file)))
            return FindInLines(file, bytes);

        var found = new List<DeploymentMessage>();
        foreach (var setting in Settings(file, bytes))
        {
            if (Reason(setting, declared) is { } reason)
                found.Add(Message(file, setting, reason));
        }

        return found;
    }

    private static List<ClearSetting> Settings(string file, byte[] bytes) =>
        Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".JSON" => JsonSettings.Read(bytes),
            ".CONFIG" => ConfigSettings.Read(bytes),
            _ => LineSettings.Read(bytes),
        };

    // Windows' editors and PowerShell write UTF-16.
    private static byte[] InUtf8(byte[] bytes) =>
        bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2)),
            [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2)),
            _ => bytes,
        };

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
            if (line.Length > SecretForms.LongestLine || SecretForms.Find(line.ToString()) is not { } form)
                continue;

            found.Add(
                new DeploymentMessage(
                    Codes.SecretInClear,
                    $"File '{file}' holds a secret in the clear: "
                        + $"{form.What}. Change it at its "
                        + $"source, seal the new one with 'deploy secrets set NAME', and take it out of the file."
                )
                {
                    File = file,
                    Line = number,
                    Column = form.Index + 1,
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
            || name.Equals("web.config", StringComparison.OrdinalIgnoreCase)
            || name.Equals("app.config", StringComparison.OrdinalIgnoreCase)
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

    private static IEnumerable<string> Files(string folder)
    {
        var files = new List<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var current))
        {
            files.AddRange(Directory.EnumerateFiles(current, "*", Everywhere).Where(static file => IsSettings(Path.GetFileName(file))));
            foreach (var below in Directory.EnumerateDirectories(current, "*", Everywhere))
            {
                // What a build made is looked at where it was made from; what begins with a dot is a tool's.
                if (Path.GetFileName(below) is var name && name[0] != '.' && !OtherFolders.Contains(name, StringComparer.OrdinalIgnoreCase))
                    open.Push(below);
            }
        }

        return files.Order(StringComparer.Ordinal);
    }

    private static string? Reason(ClearSetting setting, DeclaredSecrets declared)
    {
        var value = setting.Value;
        if (value.Length == 0 || SecretReference.IsReference(value))
            return null;
        if (SecretForms.Match(value) is { } form && SecretValues.IsKnownForm(value))
            return form;
        if (ConnectionSecrets.Find(SecretText.WithoutReferences(value)) is { } held)
            return held.EndsWith("://", StringComparison.Ordinal)
                ? "it is an address with a password"
                : "it is a connection string with a password";
        return SecretValues.IsSecret(setting.Key, value) ? "its name is a secret's"
            : declared.HoldsWritten(setting.Key) && !IsOfNobody(value) ? "the app names it as one that holds a secret"
            : null;
    }

    // A placeholder, and the address of a receiver on the machine itself.
    private static bool IsOfNobody(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address)
            ? address.IsLoopback || Placeholders.Is(value)
            : SecretValues.IsPlaceholder(value);
}

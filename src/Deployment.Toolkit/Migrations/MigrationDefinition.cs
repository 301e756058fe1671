using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script with the name under which people know it.</summary>
internal sealed record MigrationScript(string File, string Text);

/// <summary>One migration that this binary knows: a script with its way back, or a class.</summary>
internal sealed partial record MigrationDefinition(string Version, string Name)
{
    private SqlScript? _up;

    internal MigrationScript? Up { get; init; }

    internal MigrationScript? Down { get; init; }

    /// <summary>Makes the class's instance; <see langword="null"/> for a script.</summary>
    internal Func<IServiceProvider, Migration>? Create { get; init; }

    internal string? ClassName { get; init; }

    internal bool ClassHasWayBack { get; init; }

    internal string? Irreversible { get; init; }

    internal bool HasWayBack => Irreversible is null && (Down is not null || ClassHasWayBack);

    internal string Title => $"{Version}_{Name}";

    /// <summary>Of a class there is no text to check; its name stands in.</summary>
    internal string Checksum => Up is null ? "class:" + ClassName : ChecksumOf(Up.Text);

    internal SqlScript UpScript => _up ??= SqliteLexer.Read(Up!.Text);

    internal PlannedMigration ToPlan() => new(Version, Name, Checksum, HasWayBack) { Irreversible = Irreversible };

    /// <summary>Line ends, a byte-order mark and trailing blanks are an editor's matter and change nothing.</summary>
    internal static string ChecksumOf(string text)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n').Select(static line => line.TrimEnd());
        return "sha256-v1:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines).TrimEnd('\n'))));
    }

    internal static string? IrreversibleReason(string sql)
    {
        var match = IrreversibleComment().Match(sql);
        return match.Success ? match.Groups["reason"].Value.Trim() : null;
    }

    [GeneratedRegex(@"^\s*--\s*irreversible:(?<reason>[^\r\n]+)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IrreversibleComment();
}

using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>A script with the name under which people know it.</summary>
internal sealed record MigrationScript(string File, string Text);

/// <summary>One migration that this binary knows: a script with its way back, or a class.</summary>
internal sealed record MigrationDefinition(string Version, string Name)
{
    private SqlScript? _up;
    private IReadOnlyList<Removal>? _removals;

    internal MigrationScript? Up { get; init; }

    internal MigrationScript? Down { get; init; }

    /// <summary>Makes the class's instance; <see langword="null"/> for a script.</summary>
    internal Func<IServiceProvider, Migration>? Create { get; init; }

    internal string? ClassName { get; init; }

    internal bool ClassHasWayBack { get; init; }

    /// <summary>Whether the class says that its way back keeps rows.</summary>
    internal bool ClassKeepsRows { get; init; }

    /// <summary>What the way back removes; nothing when there is none.</summary>
    internal IReadOnlyList<Removal> Removals =>
        _removals ??= Down is not null ? DestructiveStatements.Read(Down.Text) : ClassHasWayBack && !ClassKeepsRows ? [Removal.OfAnything] : [];

    internal string? Irreversible { get; init; }

    internal bool HasWayBack => Irreversible is null && (Down is not null || ClassHasWayBack);

    internal string Title => $"{Version}_{Name}";

    /// <summary>Of a class there is no text to check; its name stands in.</summary>
    internal string Checksum => Up is null ? "class:" + ClassName : ChecksumOf(Up.Text);

    internal SqlScript UpScript => _up ??= SqliteLexer.Read(Up!.Text);

    internal PlannedMigration ToPlan() => new(Version, Name, Checksum, HasWayBack) { Irreversible = Irreversible };

    internal VerifiedMigration ToEvidence() => new(Version, Checksum, !HasWayBack ? null : Down is { } down ? ChecksumOf(down.Text) : Checksum);

    /// <summary>Line ends, a byte-order mark and trailing blanks are an editor's matter and change nothing.</summary>
    internal static string ChecksumOf(string text)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n').Select(static line => line.TrimEnd());
        return "sha256-v1:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines).TrimEnd('\n'))));
    }

    /// <summary>The reason behind <c>-- irreversible:</c>, on a line of its own.</summary>
    internal static string? IrreversibleReason(string sql)
    {
        const string mark = "irreversible:";
        foreach (var line in sql.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (!text.StartsWith("--", StringComparison.Ordinal)) continue;

            text = text[2..].TrimStart();
            if (text.StartsWith(mark, StringComparison.OrdinalIgnoreCase) && text[mark.Length..].Trim() is { IsEmpty: false } reason) return reason.ToString();
        }

        return null;
    }
}

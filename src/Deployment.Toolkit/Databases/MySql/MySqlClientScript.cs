namespace Deployment.Toolkit.Databases.MySql;

/// <summary>For <c>mariadb</c> and <c>mysql</c>. Each change of the schema is committed by itself there.</summary>
internal sealed class MySqlClientScript : ClientScript
{
    private static readonly string[] Ends = ["//", "$$", ";;", "%%", "@@"];

    internal override string Command => "mariadb DATABASE < FILE";

    internal override IReadOnlyList<string> Begin(bool enforcesForeignKeys) => [];

    internal override IReadOnlyList<string> End => [];

    // Outside of a routine nothing raises an error; a question with two answers is one.
    internal override string Guard(string condition, string message) =>
        $"SELECT CASE WHEN coalesce(({condition}), 0) THEN 'as planned' ELSE (SELECT {Literal(message)} UNION ALL SELECT 'stopped') END AS history;";

    internal override string Literal(string? text) =>
        text is null ? "NULL" : base.Literal(text.Replace("\\", "\\\\", StringComparison.Ordinal));

    internal override string Statement(string text)
    {
        if (!text.Contains(';', StringComparison.Ordinal))
            return base.Statement(text);
        var end = Array.Find(Ends, end => !text.Contains(end, StringComparison.Ordinal)) ?? "##deployment##";
        return $"DELIMITER {end}\n{text.TrimEnd()}\n{end}\nDELIMITER ;";
    }
}

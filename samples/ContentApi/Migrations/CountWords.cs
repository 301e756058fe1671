using System.Globalization;
using Deployment.Toolkit.Migrations;

namespace ContentApi.Migrations;

/// <summary>Adds a word count to content. SQLite cannot split text, so it is counted here.</summary>
[Migration("0006", "count words")]
public sealed class CountWords : Migration
{
    public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
    {
        await context.ExecuteAsync("ALTER TABLE generated_content ADD COLUMN words INTEGER NOT NULL DEFAULT 0", cancellationToken);
        var counts = new List<(long Id, int Words)>();
        await using (var read = context.CreateCommand("SELECT id, body FROM generated_content"))
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                counts.Add((reader.GetInt64(0), Words(reader.GetString(1))));
        }

        await using var update = context.CreateCommand("UPDATE generated_content SET words = @words WHERE id = @id");
        var (words, id) = (update.CreateParameter(), update.CreateParameter());
        (words.ParameterName, id.ParameterName) = ("@words", "@id");
        update.Parameters.Add(words);
        update.Parameters.Add(id);
        foreach (var count in counts)
        {
            (words.Value, id.Value) = (count.Words, count.Id);
            await update.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public override async Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        await context.ExecuteAsync("ALTER TABLE generated_content DROP COLUMN words", cancellationToken);

    public override async Task VerifyAsync(MigrationContext context, CancellationToken cancellationToken)
    {
        await using var command = context.CreateCommand("SELECT count(*) FROM generated_content WHERE words = 0 AND trim(body) <> ''");
        var uncounted = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        if (uncounted > 0)
            throw new InvalidOperationException($"{uncounted} pieces of content have no word count.");
    }

    internal static int Words(string body) => body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}

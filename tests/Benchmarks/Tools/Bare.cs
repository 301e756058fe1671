using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Benchmarks.Tools;

/// <summary>
/// A loop over ADO.NET: reads the scripts, compares their checksums with a table of its own, and runs what is new, each in a transaction with its row. No
/// lock: it is the least that the job takes.
/// </summary>
internal sealed class Bare : Contestant
{
    internal override string Name => "bare ADO.NET";

    internal override async Task RunAsync(Place place)
    {
        await using var connection = place.Connect();
        await connection.OpenAsync();
        await ExecuteAsync(connection, null, "CREATE TABLE IF NOT EXISTS history (version TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)");
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT version, checksum FROM history";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) applied[reader.GetString(0)] = reader.GetString(1);
        }

        foreach (var file in Directory.EnumerateFiles(place.Scripts, "*.sql").Order(StringComparer.Ordinal))
        {
            var text = await File.ReadAllTextAsync(file);
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            var version = Path.GetFileName(file).Split('_')[0];
            if (applied.TryGetValue(version, out var known))
            {
                if (known != checksum) throw new InvalidOperationException(file);
                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync();
            await ExecuteAsync(connection, transaction, text);
            await ExecuteAsync(
                connection,
                transaction,
                "INSERT INTO history (version, checksum, applied_at) VALUES (@version, @checksum, @at)",
                ("@version", version),
                ("@checksum", checksum),
                ("@at", TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            await transaction.CommitAsync();
        }
    }

    internal static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, string Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Scripts that the measure wrote itself.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }
}

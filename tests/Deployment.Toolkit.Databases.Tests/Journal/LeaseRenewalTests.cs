using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Pools;
using Deployment.Toolkit.Journal;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Journal;

[CollectionDefinition(nameof(TakesAllThreads), DisableParallelization = true)]
public sealed class TakesAllThreads;

/// <summary>The process has no thread left meanwhile, which others would miss.</summary>
[Collection(nameof(TakesAllThreads))]
public sealed class LeaseRenewalTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [FullRunFact]
    public async Task A_lease_is_renewed_also_where_no_thread_of_the_pool_is_free()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;
        await using var database = await server.CreateDatabaseAsync();
        await using var bouncer = await PgBouncer.StartAsync(database);
        var journals = new PostgreSqlJournal(() => new NpgsqlConnection(bouncer.ConnectionString), "deployment") { LeaseLength = TimeSpan.FromSeconds(2) };
        await using var writer = (await new JournalInDatabase(journals, "Production", new JournalPaths(folder, "Production")).TryOpenAsync(Token))!;

        using var over = new ManualResetEventSlim();
        for (var i = 0; i < 64 * Environment.ProcessorCount; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => over.Wait(), null);
        try
        {
            HoldFor(database.ConnectionString, TimeSpan.FromSeconds(4));
        }
        finally
        {
            over.Set();
        }

        await writer.BeginAsync(0, Token);
        await writer.AppendAsync("one\n"u8.ToArray());
        Directory.Delete(folder, recursive: true);
    }

    // Without the pool's threads.
    private static void HoldFor(string settings, TimeSpan time)
    {
        using var connection = new NpgsqlConnection(settings);
        connection.Open();
        using var now = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        using var look = new NpgsqlCommand("SELECT lease_ends > clock_timestamp(), clock_timestamp() FROM deployment.journals", connection);
        for (var (since, until) = ((DateTime)now.ExecuteScalar()!, DateTime.MinValue); until < since + time;)
        {
            using var row = look.ExecuteReader();
            Assert.True(row.Read());
            Assert.True(row.GetBoolean(0), "The lease ended.");
            until = row.GetDateTime(1);
        }
    }
}

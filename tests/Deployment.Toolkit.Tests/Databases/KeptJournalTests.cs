using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>A journal that stays between transactions, told from one that a transaction makes at this moment.</summary>
public sealed class KeptJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-kept-").FullName;

    private string Database => Path.Combine(_folder, "app.db");

    private string Journal => Database + "-journal";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    public async Task One_that_stays_empty_is_kept(string content)
    {
        await File.WriteAllTextAsync(Journal, content, Token);
        Assert.True(await KeptJournal.IsIdleAsync(Database, Token));
    }

    [Fact]
    public async Task One_into_which_a_transaction_writes_a_moment_later_is_not()
    {
        await File.WriteAllTextAsync(Journal, "", Token);
        Assert.False(await KeptJournal.IsIdleAsync(Database, Token, () => File.WriteAllTextAsync(Journal, "a header", Token)));
    }

    [Fact]
    public async Task One_that_goes_with_its_transaction_is_not()
    {
        await File.WriteAllTextAsync(Journal, "", Token);
        var looks = 0;
        Assert.False(await KeptJournal.IsIdleAsync(Database, Token, () =>
        {
            if (++looks == 2) File.Delete(Journal);
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task None_is_none() => Assert.False(await KeptJournal.IsIdleAsync(Database, Token));
}

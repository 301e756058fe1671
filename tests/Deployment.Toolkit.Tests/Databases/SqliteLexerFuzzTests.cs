using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

public sealed class SqliteLexerFuzzTests
{
    private static readonly string[] Errors =
    [
        "near \";\": syntax error", "near \"END\": syntax error", "unrecognized token: \"'\"", "incomplete input", "no such table: main.log",
        "no such column: log.text", "duplicate column name: a", "table x already exists", "table log has no column named a", "no such function: t",
    ];

    [Fact]
    public void No_script_breaks_the_lexer()
    {
        for (var seed = 0; seed < FullRun.Times(30_000, full: 150_000); seed++)
        {
            var script = SqliteScripts.Make(seed);
            try
            {
                Check(script, seed);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed}: {exception}\nin:\n{script}");
            }
        }
    }

    // Two inputs of which one is 16 times the other: 16 times the memory where the work is linear, 256 where it is quadratic; what walks without
    // allocating is found by the deadline, which a linear reader keeps a thousand times over.
    [Theory]
    [InlineData("A;")]
    [InlineData("''")]
    [InlineData("' ")]
    [InlineData("\"a\"\r\n")]
    [InlineData("[ ")]
    [InlineData("x'0")]
    [InlineData("-- \r")]
    [InlineData("/* ")]
    [InlineData("/* \r*/;")]
    [InlineData("$a(")]
    [InlineData("$a::")]
    [InlineData("\0\r\n")]
    [InlineData("BEGIN;\n")]
    [InlineData("PRAGMA/*  */a.b=1;")]
    [InlineData("CREATE TRIGGER BEGIN ; END ")]
    [InlineData("EXPLAIN ")]
    public async Task Work_grows_with_the_length_of_the_script(string piece)
    {
        Allocated(piece, 1024);
        var small = Allocated(piece, 256 * 1024);
        var large = await Task.Run(() => Allocated(piece, 16 * 256 * 1024), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(large < 40 * Math.Max(small, 1024 * 1024), $"{piece}: {small} bytes for 256 KB, {large} for 4 MB");
    }

    private static long Allocated(string piece, int length)
    {
        var script = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
        var start = GC.GetAllocatedBytesForCurrentThread();
        SqliteLexer.Read(script);
        return GC.GetAllocatedBytesForCurrentThread() - start;
    }

    private static void Check(string script, int seed)
    {
        var text = script.StartsWith('\uFEFF') ? script[1..] : script;
        var read = SqliteLexer.Read(script);
        var rest = text.ToCharArray();
        var end = 0;
        foreach (var statement in read.Statements)
        {
            Assert.True(statement.Offset >= end);
            end = statement.Offset + statement.Text.Length;
            Assert.Equal(text[statement.Offset..end], statement.Text);
            Assert.False(statement.Text.Length == 0 || statement.Text[0] is ' ' or '\n' or '\r' or '\t' or ';');
            Assert.Equal(PlaceOf(text, statement.Offset), (statement.Line, statement.Column));
            Array.Fill(rest, ' ', statement.Offset, statement.Text.Length);

            var error = Errors[seed % Errors.Length];
            _ = SqlErrorLocator.Locate(statement, error, cut => cut.Length % 2 == 0 ? error : null);
        }

        // What stands between the statements is nothing that SQLite would run.
        Assert.Empty(SqliteLexer.Read(new string(rest)).Statements);
        foreach (var fault in read.Faults)
        {
            var excerpt = SourceExcerpt.Render(script, fault.Line, fault.Column).Split('\n');
            Assert.Equal(2, excerpt.Length);
            Assert.True(excerpt[1].Length <= excerpt[0].Length + 1);
        }
    }

    // Counted one character at a time, unlike the code under test.
    private static (int Line, int Column) PlaceOf(string text, int offset)
    {
        var (line, column) = (1, 1);
        for (var i = 0; i < offset; i++)
        {
            var isLineEnd = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));
            (line, column) = isLineEnd ? (line + 1, 1) : (line, column + 1);
        }

        return (line, column);
    }
}

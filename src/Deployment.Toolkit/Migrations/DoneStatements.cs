using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// How many statements of a script are done, and which: what the database keeps of that. Each is read once, however long the script is.
/// </summary>
internal sealed class DoneStatements : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal DoneStatements(IEnumerable<SqlStatement> statements)
    {
        foreach (var statement in statements)
            Add(statement);
    }

    internal long Count { get; private set; }

    /// <summary>The hash of their texts, whatever ends their lines.</summary>
    internal string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>One more.</summary>
    internal void Add(SqlStatement statement)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(statement.Text.ReplaceLineEndings("\n")));
        _hash.AppendData([0]);
        Count++;
    }

    public void Dispose() => _hash.Dispose();
}

using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// How many rows, and a sum over their hashes: in whatever order they come. Two can be added and subtracted, so that what somebody changed
/// can be told apart from what somebody else did.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowDigest(long Rows, ulong Sum)
{
    /// <summary>
    /// Of a table whose key is ordered by a collation that only the app registers: nobody else can read it, so it can't be told whether it
    /// changed.
    /// </summary>
    internal static readonly RowDigest Unreadable = new(-1, 0);

    private const byte Null = 0,
        Integer = 1,
        Real = 2,
        Text = 3,
        Blob = 4,
        Other = 5;

    public static RowDigest operator +(RowDigest left, RowDigest right) => new(left.Rows + right.Rows, unchecked(left.Sum + right.Sum));

    public static RowDigest operator -(RowDigest left, RowDigest right) => new(left.Rows - right.Rows, unchecked(left.Sum - right.Sum));

    internal static async Task<RowDigest> TakeAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await dialect.DigestAsync(connection, transaction, select, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e) when (dialect.IsUnreadable(e))
        {
            return Unreadable;
        }
    }

    /// <summary>Reads every row.</summary>
    internal static async Task<RowDigest> ReadAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, transaction, select);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var values = new object[reader.FieldCount];
        var buffer = new byte[256];
        var digest = default(RowDigest);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            reader.GetValues(values);
            digest += new RowDigest(1, Hash(values, ref buffer));
        }

        return digest;
    }

    internal static ulong Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    // Type and length before each value, so that neighbouring values cannot be told apart wrongly.
    private static ulong Hash(object[] values, ref byte[] buffer)
    {
        var length = 0;
        foreach (var value in values)
        {
            switch (value)
            {
                case DBNull:
                    Room(ref buffer, length, 0)[0] = Null;
                    length += 1;
                    break;
                case long number:
                    length += Fixed(ref buffer, length, Integer, number);
                    break;
                case double number:
                    length += Fixed(ref buffer, length, Real, BitConverter.DoubleToInt64Bits(number));
                    break;
                case byte[] bytes:
                    bytes.CopyTo(Room(ref buffer, length, bytes.Length, Blob));
                    length += 9 + bytes.Length;
                    break;
                default:
                    var text = value as string ?? value.GetType().Name + ":" + Convert.ToString(value, CultureInfo.InvariantCulture);
                    var count = Encoding.UTF8.GetByteCount(text);
                    Encoding.UTF8.GetBytes(text, Room(ref buffer, length, count, value is string ? Text : Other));
                    length += 9 + count;
                    break;
            }
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.AsSpan(0, length), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static int Fixed(ref byte[] buffer, int at, byte type, long value)
    {
        var room = Room(ref buffer, at, 0);
        room[0] = type;
        BinaryPrimitives.WriteInt64LittleEndian(room[1..], value);
        return 9;
    }

    private static Span<byte> Room(ref byte[] buffer, int at, int length, byte type)
    {
        var room = Room(ref buffer, at, length);
        room[0] = type;
        BinaryPrimitives.WriteInt64LittleEndian(room[1..], length);
        return room[9..];
    }

    private static Span<byte> Room(ref byte[] buffer, int at, int length)
    {
        if (buffer.Length < at + 9 + length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, at + 9 + length));
        return buffer.AsSpan(at, 9 + length);
    }
}

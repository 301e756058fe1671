using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>A journal that lies nowhere: sessions write into it as into every other.</summary>
internal sealed class MemoryJournal : JournalStore
{
    private readonly List<byte[]> _lines = [];
    private JournalKey? _key;

    internal override string Title => "in memory";

    internal override JournalPaths Local => throw new NotSupportedException();

    internal override string KeyTitle => "the key";

    internal override JournalHead? ReadHead() => null;

    internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_key);

    internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]>([.. _lines.Skip((int)after).SelectMany(static line => line)]);

    internal override ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken)
    {
        var to = (int)Math.Min(before.Sequence - 1, _lines.Count);
        var from = Math.Max(0, to - lines);
        return ValueTask.FromResult(new JournalPage([.. _lines[from..to].SelectMany(static line => line)], _lines.Take(from).Sum(static line => line.Length), from == 0));
    }

    internal override ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(IReadOnlyList<RecordPlace> places, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<byte[]>>([.. places.Select(place => _lines[(int)place.Sequence - 1])]);

    internal override ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult<JournalWriter?>(new Writer(this));

    internal override ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    internal override ValueTask<string> StampAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    internal override ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private sealed class Writer(MemoryJournal journal) : JournalWriter
    {
        internal override ValueTask BeginAsync(long length, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        internal override ValueTask KeepKeyAsync(JournalKey key)
        {
            journal._key = key;
            return ValueTask.CompletedTask;
        }

        internal override ValueTask AppendAsync(ReadOnlyMemory<byte> line)
        {
            journal._lines.Add(line.ToArray());
            return ValueTask.CompletedTask;
        }

        internal override ValueTask AppendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines) => throw new NotSupportedException();

        internal override ValueTask FoundAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying, IReadOnlyList<ReadOnlyMemory<byte>> lines) => throw new NotSupportedException();

        internal override ValueTask DropAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying) => throw new NotSupportedException();

        internal override ValueTask<string?> LostAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

        internal override bool IsRefusal(Exception exception) => false;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>An environment's journal in a database, a row for each record, under a lock that dies with its holder's connection.</summary>
/// <param name="database">Where it lies.</param>
/// <param name="environment">The environment's name.</param>
/// <param name="local">What stands on this machine's disk.</param>
internal sealed class JournalInDatabase(JournalDatabase database, string environment, JournalPaths local) : JournalStore
{
    private readonly JournalTables _tables = new(database);
    private readonly string _name = environment.ToLowerInvariant();

    /// <summary>Reads the key where it comes from a setting; <see langword="null"/> where it is kept beside the records.</summary>
    internal KeySetting? KeySetting { get; init; }

    internal bool IsOfAnother { get; init; }

    internal override bool MayLieElsewhere => IsOfAnother;

    internal override string Title => $"{environment} in {database.Title}";

    internal override string? File => database.File;

    internal override JournalPaths Local => local;

    internal override string KeyTitle => KeySetting?.Title ?? _tables.KeyTitle(_name);

    internal override string PutBack =>
        new JournalFile(local) is { HasLines: true, File: var left }
            ? $"Bring in the journal that lies on this machine's disk with 'deploy journal import {left}'"
            : "Put its rows back from a copy of the database, or bring the records that are missing in with 'deploy journal import FILE'";

    internal override IAsyncDisposable? LookTogether() => database.LookTogether();

    internal override string? GivenKey => KeySetting?.Read();

    internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) =>
        AskAsync(
            null,
            async connection =>
                await _tables.KeyAsync(connection, _name, cancellationToken).ConfigureAwait(false) is { } content
                    ? JournalKey.Read(content, char.ToUpperInvariant(KeyTitle[0]) + KeyTitle[1..], GivenKey)
                    : null,
            cancellationToken
        );

    internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken) =>
        AskAsync([], connection => _tables.ReadAsync(connection, _name, after, cancellationToken), cancellationToken);

    internal override ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken) =>
        AskAsync(
            new JournalPage([], 0, IsFirst: true),
            connection => _tables.ReadPageAsync(connection, _name, before.Sequence, lines, cancellationToken),
            cancellationToken
        );

    internal override ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(
        IReadOnlyList<RecordPlace> places,
        CancellationToken cancellationToken
    ) =>
        places.Count == 0
            ? ValueTask.FromResult<IReadOnlyList<byte[]>>([])
            : AskAsync<IReadOnlyList<byte[]>>(
                [],
                async connection => await _tables.ReadLinesAsync(connection, _name, places, cancellationToken).ConfigureAwait(false),
                cancellationToken
            );

    internal override async ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken)
    {
        MakeLocal();
        JournalLock? taken = null;
        try
        {
            taken = await database.TryLockAsync(_name, cancellationToken).ConfigureAwait(false);
            if (taken is null)
                return null;

            await _tables.PrepareAsync(taken.Connection, cancellationToken).ConfigureAwait(false);
            await taken.PrepareAsync(cancellationToken).ConfigureAwait(false);
            // Before anything is read: what an earlier holder appends up to here is read, and nothing that it appends later is taken.
            if (await _tables.NextFenceAsync(taken, _name, cancellationToken).ConfigureAwait(false) is { } fence)
                return new JournalInDatabaseWriter(
                    _tables,
                    taken,
                    new JournalRow(_name, fence, taken.Holds),
                    isKeyGiven: KeySetting is not null
                );

            await taken.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            if (taken is not null)
                await taken.DisposeAsync().ConfigureAwait(false);
            if (!IsRefusal(e))
                throw;
            throw Fault("written", e);
        }
    }

    internal override async ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return database.Exists && await database.IsLockedAsync(_name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Fault("read", e);
        }
    }

    // Records change under a new number of the lock alone, and grow under one.
    internal override ValueTask<string> StampAsync(CancellationToken cancellationToken) =>
        AskAsync(
            "",
            async connection =>
            {
                var fence = await _tables.FenceAsync(connection, null, _name, cancellationToken).ConfigureAwait(false);
                var last = await _tables.LastAsync(connection, _name, cancellationToken).ConfigureAwait(false);
                return string.Create(CultureInfo.InvariantCulture, $"{fence} {last.Sequence}");
            },
            cancellationToken
        );

    internal override DeploymentException NotWritable(Exception cause) => Fault("written", cause);

    internal override async ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken)
    {
        // What is kept there besides, backups and how far the journal was, has to be trusted too.
        local.CheckFolder();
        try
        {
            return await database.WhyNotWritableAsync(cancellationToken).ConfigureAwait(false) is { } reason
                ? Message("written", reason)
                : null;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return Message("written", Sentence.Of(e));
        }
    }

    /// <summary>Whether an error is the database's, or the way's to it.</summary>
    internal static bool IsRefusal(Exception exception) => exception is DbException or TimeoutException || DiskFault.Is(exception);

    private async ValueTask<T> AskAsync<T>(T none, Func<DbConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return none;

        try
        {
            await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
            return await _tables.AreThereAsync(connection, cancellationToken).ConfigureAwait(false)
                ? await ask(connection).ConfigureAwait(false)
                : none;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Fault("read", e);
        }
    }

    // A memory beside the records; one that can't be kept, as on a disk that is mounted to read only, is missed by nobody.
    private void MakeLocal()
    {
        try
        {
            local.EnsureFolder();
        }
        catch (Exception e) when (DiskFault.Is(e)) { }
    }

    private DeploymentException Fault(string what, Exception e) => new(DeploymentOutcome.Refused, [Message(what, Sentence.Of(e))], e);

    private DeploymentMessage Message(string what, string reason) =>
        new(
            Codes.JournalNotWritable,
            $"Journal '{Title}' cannot be {what}: {reason} Nothing was changed. Let the deploying user reach the database and read and "
                + "write the journal there, then run the command again."
        )
        {
            File = File,
        };
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Evidence;

/// <summary>
/// Lines of signed statements. A file of them vouches for no whole by itself, so the first statement names all others by their digests: a
/// line that is missing, added or in another place is as wrong as a letter that was changed.
/// </summary>
internal static class EvidenceBundle
{
    internal const int MostBytes = 4 * 1024 * 1024;

    private const int MostLines = 256;

    /// <summary>Signs what is said of a release: the run, and for others its verification and tests.</summary>
    internal static byte[] Write(SigningKey key, RunPredicate run, IReadOnlyList<IReadOnlyList<string>?> failures)
    {
        var subject = SubjectOf(run);
        List<byte[]> others =
        [
            Text(subject, StatementTypes.Verification, VerificationOf(run), StatementShapes.Default.StatementVerificationPredicate),
            .. run.Tests.Select(
                (tests, i) =>
                    Text(
                        subject,
                        StatementTypes.TestResult,
                        TestResultOf(tests, failures[i]),
                        StatementShapes.Default.StatementTestResultPredicate
                    )
            ),
        ];
        var first = Text(
            subject,
            StatementTypes.Run,
            run with
            {
                Attestations = [.. others.Select(DigestOf)],
            },
            StatementShapes.Default.StatementRunPredicate
        );
        using var stream = new MemoryStream();
        foreach (var text in others.Prepend(first))
        {
            stream.Write(Sign(key, text).ToLine());
            stream.WriteByte((byte)'\n');
        }

        return stream.ToArray();
    }

    /// <summary>Reads a bundle that one key signed whole.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="keys">Whose signatures count.</param>
    /// <returns>What it says and whose it is; or why it says nothing.</returns>
    internal static (RunPredicate? Run, EvidenceKey? Key, string? Fault) Read(byte[] bytes, IReadOnlyList<EvidenceKey> keys)
    {
        if (bytes.Length == 0 || bytes[^1] != (byte)'\n')
            return Faulty("it does not end as it was written");

        var envelopes = new List<DsseEnvelope>();
        for (int start = 0, length; start < bytes.Length; start += length + 1)
        {
            length = bytes.AsSpan(start).IndexOf((byte)'\n');
            var line = bytes.AsMemory(start, length);
            if (envelopes.Count == MostLines || DsseEnvelope.Read(line) is not { } envelope)
                return Faulty($"line {envelopes.Count + 1} is no signed statement");
            // JSON has many texts for one value ("\u002b" and "\u002B"), and a file that is kept by its digest has one.
            if (!line.Span.SequenceEqual(envelope.ToLine()))
                return Faulty($"line {envelopes.Count + 1} is not as it was written");
            envelopes.Add(envelope);
        }

        EvidenceKey? by = null;
        foreach (var (envelope, number) in envelopes.Select(static (envelope, i) => (envelope, i + 1)))
        {
            var signed = envelope.Signed;
            // What a line says of its key is a hint. Which key it is, its signature says; the hint has to agree, for it could be read by
            // somebody.
            if (
                envelope.PayloadType != DsseEnvelope.InToto
                || keys.FirstOrDefault(key => key.Verify(signed, envelope.Signature)) is not { } key
            )
                return Faulty($"no key that is trusted signed line {number}");
            if (key.Id != envelope.KeyId || (by ?? key) != key)
                return Faulty($"line {number} names another key than the one that signed it");
            by = key;
        }

        if (Statement(envelopes[0].Payload) is not { } run)
            return Faulty("its first line says nothing of a run that this version understands");
        if (
            !envelopes.Skip(1).Select(static envelope => DigestOf(envelope.Payload)).SequenceEqual(run.Attestations, StringComparer.Ordinal)
        )
            return Faulty("its lines are not those, in that order, that its first line names");
        return (run, by, null);

        static (RunPredicate?, EvidenceKey?, string?) Faulty(string why) => (null, null, why);
    }

    internal static string DigestOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static DsseEnvelope Sign(SigningKey key, byte[] text) =>
        new(DsseEnvelope.InToto, text, EvidenceKey.Of(key).Id, EvidenceKey.Sign(key, DsseEnvelope.Encode(DsseEnvelope.InToto, text)));

    private static RunPredicate? Statement(byte[] payload)
    {
        try
        {
            var statement = JsonSerializer.Deserialize(payload, StatementShapes.Default.StatementRunPredicate)!;
            return
                statement is { Type: StatementTypes.Statement, PredicateType: StatementTypes.Run, Subject: [var subject] }
                && Same(subject, SubjectOf(statement.Predicate))
                ? statement.Predicate
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // What is about something else than it says is about nothing.
    private static bool Same(ResourceDescriptor one, ResourceDescriptor other) =>
        one.Name == other.Name
        && one.Digest.Count == other.Digest.Count
        && one.Digest.All(digest => other.Digest.GetValueOrDefault(digest.Key) == digest.Value);

    private static byte[] Text<T>(ResourceDescriptor subject, string predicateType, T predicate, JsonTypeInfo<Statement<T>> type) =>
        JsonSerializer.SerializeToUtf8Bytes(new Statement<T>(StatementTypes.Statement, [subject], predicateType, predicate), type);

    /// <summary>The release: by its commit, and by what it is together with its migrations.</summary>
    private static ResourceDescriptor SubjectOf(RunPredicate run)
    {
        var content = new StringBuilder().Append(run.Release.Version).Append('\n').Append(run.Release.Commit).Append('\n');
        foreach (var migration in run.Migrations ?? [])
            content
                .Append(migration.Database)
                .Append('\0')
                .Append(migration.Version)
                .Append('\0')
                .Append(migration.Checksum)
                .Append('\0')
                .Append(migration.WayBack)
                .Append('\n');
        var digest = new Dictionary<string, string> { ["sha256"] = DigestOf(Encoding.UTF8.GetBytes(content.ToString())) };
        if (run.Release.Commit is { Length: 40 } commit && commit.All(char.IsAsciiHexDigit))
            digest["gitCommit"] = commit;
        return new ResourceDescriptor(new Release(run.Release.Version, run.Release.Commit).ToFullString(), digest);
    }

    private static VerificationPredicate VerificationOf(RunPredicate run)
    {
        var hours = (long)(run.ExportedAt - run.LiveSince).TotalHours;
        var verified = $"DEPLOYMENT_VERIFIED_{run.Environment.Name}";
        return new VerificationPredicate(
            new VerifierId(StatementTypes.Verifier),
            run.ExportedAt,
            [new ResourceDescriptor("deployment-plan", new Dictionary<string, string> { ["sha256"] = run.PlanHash })],
            hours < 1 ? [verified] : [verified, $"DEPLOYMENT_SOAKED_{hours}H"]
        );
    }

    private static TestResultPredicate TestResultOf(EvidenceTests tests, IReadOnlyList<string>? failures) =>
        new(
            tests.HasPassed ? "PASSED" : "FAILED",
            [
                new ResourceDescriptor(
                    tests.Suite,
                    tests.Sha256 is { } hash ? new Dictionary<string, string> { ["sha256"] = hash } : new Dictionary<string, string>()
                ),
            ]
        )
        {
            FailedTests = failures is { Count: > 0 } ? failures : null,
        };
}

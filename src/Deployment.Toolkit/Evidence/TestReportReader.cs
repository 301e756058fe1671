using System.Globalization;
using System.Xml;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Evidence;

/// <summary>
/// Reads results of tests, as TRX and JUnit XML. The file comes from anybody who can write where tests run: no DTD and nothing from
/// elsewhere is read, in one pass, and what is not plainly a run that passed is none.
/// </summary>
internal static class TestReportReader
{
    internal const int MostBytes = 64 * 1024 * 1024;

    private const int Deepest = 64;
    private const int LongestName = 200;

    /// <exception cref="DeploymentException">The file can't be read, or is no results of tests.</exception>
    internal static (TestReport Report, byte[] Bytes) Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = RegularFile.Read(path, MostBytes);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unreadable(path, $"can't be read: {Sentence.Of(e)}");
        }

        return (Read(bytes, path), bytes);
    }

    /// <exception cref="DeploymentException">It is no results of tests.</exception>
    internal static TestReport Read(byte[] bytes, string path)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            using var reader = XmlReader.Create(
                stream,
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    MaxCharactersInDocument = MostBytes,
                    MaxCharactersFromEntities = 1024,
                    IgnoreComments = true,
                    IgnoreProcessingInstructions = true,
                    IgnoreWhitespace = true,
                }
            );
            reader.MoveToContent();
            return reader.LocalName switch
            {
                "TestRun" => Trx(reader),
                "testsuites" or "testsuite" => JUnit(reader),
                var other => throw Unreadable(
                    path,
                    $"begins with <{VisibleText.Line(Bounded(other))}>, and results of tests with <TestRun> (TRX) or <testsuites> (JUnit)"
                ),
            };
        }
        catch (XmlException e)
        {
            throw Unreadable(path, $"is no XML that is read: {VisibleText.Line(Sentence.Of(e))}");
        }
    }

    private static TestReport Trx(XmlReader reader)
    {
        var (count, summary, counted, results) = (new Count(), (string?)null, 0, "");
        while (Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;

            if (reader.Depth == 1)
            {
                results = reader.LocalName;
                if (results == "ResultSummary")
                    summary = reader.GetAttribute("outcome");
            }
            else if (reader.Depth == 2 && results == "Results" && reader.LocalName.EndsWith("Result", StringComparison.Ordinal))
            {
                switch (reader.GetAttribute("outcome"))
                {
                    case "Passed":
                        count.Passed++;
                        break;
                    case "NotExecuted":
                        count.Skipped++;
                        break;
                    // One without an outcome is an error in this format.
                    default:
                        count.Fail(reader.GetAttribute("testName"));
                        break;
                }
            }
            else if (reader.Depth == 2 && results == "ResultSummary" && reader.LocalName == "Counters")
            {
                counted =
                    Number(reader, "failed")
                    + Number(reader, "error")
                    + Number(reader, "timeout")
                    + Number(reader, "aborted")
                    + Number(reader, "passedButRunAborted")
                    + Number(reader, "disconnected")
                    + Number(reader, "inProgress")
                    + Number(reader, "pending");
            }
        }

        return count.Report(
            "trx",
            summary is null ? "the run has no summary, so that it did not end"
                : summary is not ("Completed" or "Passed") ? $"the run as a whole ended as '{VisibleText.Line(Bounded(summary))}'"
                : counted > 0 && count.Failed == 0 ? $"its summary counts {counted} tests that failed, and its results show none"
                : null
        );
    }

    private static TestReport JUnit(XmlReader reader)
    {
        var (count, announced, counted) = (new Count(), 0, 0);
        var (cases, depth, name, isSkipped, isFailed) = (0, -1, (string?)null, false, false);
        do
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName is "testsuites" or "testsuite")
            {
                if (reader.Depth == 0)
                    announced = Number(reader, "tests");
                counted = Math.Max(counted, Number(reader, "failures") + Number(reader, "errors"));
            }
            else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "testcase" && depth < 0)
            {
                cases++;
                (depth, name, isSkipped, isFailed) = (reader.Depth, reader.GetAttribute("name"), false, false);
                if (reader.IsEmptyElement)
                    End();
            }
            else if (reader.NodeType == XmlNodeType.Element && depth >= 0 && reader.Depth == depth + 1)
            {
                isFailed |= reader.LocalName is "failure" or "error";
                isSkipped |= reader.LocalName == "skipped";
            }
            else if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth)
            {
                End();
            }
        } while (Next(reader));

        return count.Report(
            "junit",
            announced > cases ? $"it announces {announced} tests and holds {cases}, so that the run did not end"
                : counted > 0 && count.Failed == 0 ? $"a suite of it counts {counted} tests that failed, and its cases show none"
                : null
        );

        void End()
        {
            depth = -1;
            if (isFailed)
                count.Fail(name);
            else if (isSkipped)
                count.Skipped++;
            else
                count.Passed++;
        }
    }

    private static bool Next(XmlReader reader) =>
        reader.Read() && (reader.Depth <= Deepest ? true : throw new XmlException($"Elements are nested more than {Deepest} deep."));

    private static int Number(XmlReader reader, string attribute) =>
        reader.GetAttribute(attribute) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100_000_000 ? number
        : throw new XmlException($"Attribute '{attribute}' is '{Bounded(text)}', which is no number of tests.");

    private static string Bounded(string text) => text.Length > LongestName ? text[..LongestName] + "…" : text;

    private static DeploymentException Unreadable(string path, string why) =>
        DeploymentException.Refused(
            Codes.TestReportUnreadable,
            $"Test results '{path}' {why.TrimEnd('.')}. Nothing was recorded. Name the file that the tests wrote, for example with 'dotnet test "
                + "--logger trx'."
        );

    private sealed class Count
    {
        private readonly List<string> _failures = [];

        internal int Passed { get; set; }

        internal int Failed { get; private set; }

        internal int Skipped { get; set; }

        internal void Fail(string? name)
        {
            Failed++;
            if (_failures.Count < TestReport.MostFailures)
                _failures.Add(VisibleText.Line(Bounded(name ?? "a test without a name")));
        }

        internal TestReport Report(string format, string? defect) => new(format, Passed, Failed, Skipped, _failures, defect);
    }
}

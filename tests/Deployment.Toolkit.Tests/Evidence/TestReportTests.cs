using System.Diagnostics;
using System.Text;
using Deployment.Toolkit.Evidence;

namespace Deployment.Toolkit.Tests.Evidence;

/// <summary>What a file of test results proves. It comes from outside: whatever is not plainly a run that passed proves nothing.</summary>
public sealed class TestReportTests
{
    private const string TrxSpace = "xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"";

    [Theory]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'/><UnitTestResult testName='b' outcome='NotExecuted'/>", "Completed", "passed='1'", 1, 0, 1, true)]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'/><UnitTestResult testName='b' outcome='Failed'/>", "Failed", "passed='1' failed='1'", 1, 1, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'/><UnitTestResult testName='b'/>", "Completed", "", 1, 1, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='Timeout'/>", "Completed", "", 0, 1, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='NotExecuted'/>", "Completed", "", 0, 0, 1, false)]
    [InlineData("", "Completed", "total='0'", 0, 0, 0, false)]
    [InlineData("", "Completed", "total='7' passed='7'", 0, 0, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'/>", "Failed", "passed='1'", 1, 0, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'/>", "Completed", "passed='1' aborted='1'", 1, 0, 0, false)]
    [InlineData("<UnitTestResult testName='a' outcome='Passed'><InnerResults><UnitTestResult testName='a(1)' outcome='Passed'/></InnerResults></UnitTestResult>", "Completed", "passed='1'", 1, 0, 0, true)]
    public void A_trx_file_passes_when_tests_ran_and_none_ended_otherwise(string results, string outcome, string counters, int passed, int failed, int skipped, bool passes)
    {
        var report = Read($"<?xml version='1.0'?><TestRun {TrxSpace}><Results>{results}</Results><ResultSummary outcome='{outcome}'><Counters {counters}/></ResultSummary></TestRun>");
        Assert.Equal(("trx", passed, failed, skipped, passes), (report.Format, report.Passed, report.Failed, report.Skipped, report.HasPassed));
    }

    [Fact]
    public void A_trx_file_of_a_run_that_did_not_end_proves_nothing() =>
        Assert.False(Read($"<TestRun {TrxSpace}><Results><UnitTestResult testName='a' outcome='Passed'/></Results></TestRun>").HasPassed);

    [Theory]
    [InlineData("<testsuites tests='2'><testsuite name='s' tests='2'><testcase name='a'/><testcase name='b'><skipped/></testcase></testsuite></testsuites>", 1, 0, 1, true)]
    [InlineData("<testsuite tests='2'><testcase name='a'><system-out>failure</system-out></testcase><testcase name='b'><failure>no</failure></testcase></testsuite>", 1, 1, 0, false)]
    [InlineData("<testsuite><testcase name='a'><error/></testcase></testsuite>", 0, 1, 0, false)]
    [InlineData("<testsuite><testcase name='a'><skipped/><failure/></testcase></testsuite>", 0, 1, 0, false)]
    [InlineData("<testsuite tests='0'/>", 0, 0, 0, false)]
    [InlineData("<testsuites/>", 0, 0, 0, false)]
    [InlineData("<testsuites tests='3'><testsuite><testcase name='a'/></testsuite></testsuites>", 1, 0, 0, false)]
    [InlineData("<testsuites><testsuite failures='1'><testcase name='a'/></testsuite></testsuites>", 1, 0, 0, false)]
    [InlineData("<testsuite errors='1'><testcase name='a'/></testsuite>", 1, 0, 0, false)]
    [InlineData("<testsuite><testcase name='a'><properties><property name='x'/></properties></testcase><testcase name='b'></testcase></testsuite>", 2, 0, 0, true)]
    public void A_junit_file_passes_when_tests_ran_and_none_failed(string xml, int passed, int failed, int skipped, bool passes)
    {
        var report = Read(xml);
        Assert.Equal(("junit", passed, failed, skipped, passes), (report.Format, report.Passed, report.Failed, report.Skipped, report.HasPassed));
    }

    [Fact]
    public void Every_part_of_a_file_that_was_cut_off_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes("<testsuites tests='1'><testsuite><testcase name='a'></testcase></testsuite></testsuites>");
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<DeploymentException>(() => TestReportReader.Read(bytes[..length], "cut.xml"));
        Assert.True(TestReportReader.Read(bytes, "whole.xml").HasPassed);
    }

    [Theory]
    [InlineData("<!DOCTYPE t [<!ENTITY a 'b'>]><testsuite><testcase name='&a;'/></testsuite>")]
    [InlineData("<!DOCTYPE t SYSTEM 'file:///etc/passwd'><testsuite><testcase name='a'/></testsuite>")]
    [InlineData("<html/>")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<testsuite tests='-1'><testcase name='a'/></testsuite>")]
    [InlineData("<testsuite tests='99999999999999999999'><testcase name='a'/></testsuite>")]
    [InlineData("<testsuite><testcase name='a\u0001'/></testsuite>")]
    public void What_is_no_plain_file_of_results_is_refused_in_words(string xml)
    {
        var message = Assert.Single(Assert.Throws<DeploymentException>(() => Read(xml)).Messages);
        Assert.Equal("DTK7230", message.Code);
        Assert.DoesNotContain("root:", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nests_without_end_is_refused() =>
        Assert.Throws<DeploymentException>(() => Read(string.Concat(Enumerable.Repeat("<testsuite>", 100_000))));

    [Fact]
    public void Twice_as_much_takes_about_twice_as_long()
    {
        var (small, large) = (Many(20_000), Many(160_000));
        Measure(small);
        var (one, eight) = (Measure(small), Measure(large));
        Assert.True(eight < 40 * one + TimeSpan.FromMilliseconds(200), $"{one} for a part and {eight} for eight of it.");

        static byte[] Many(int count) => Encoding.UTF8.GetBytes($"<testsuite>{string.Concat(Enumerable.Repeat("<testcase name='a' xmlns:p='q'><failure message='no'/></testcase>", count))}</testsuite>");
        static TimeSpan Measure(byte[] bytes)
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(TestReport.MostFailures, TestReportReader.Read(bytes, "many.xml").Failures.Count);
            return watch.Elapsed;
        }
    }

    [Fact]
    public void Names_of_tests_come_without_what_steers_a_terminal_and_no_longer_than_a_line()
    {
        var report = Read($"<testsuite><testcase name='a&#x9b;31m{new string('x', 5000)}'><failure/></testcase></testsuite>");
        var name = Assert.Single(report.Failures);
        Assert.True(name.Length < 300, name);
        Assert.DoesNotContain('\u009b', name);
    }

    private static TestReport Read(string xml) => TestReportReader.Read(Encoding.UTF8.GetBytes(xml), "results.xml");
}

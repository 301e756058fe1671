namespace ReportWorker.Reports;

/// <summary>What was counted for a day.</summary>
public sealed class Report
{
    public int Id { get; set; }

    public required DateOnly Day { get; set; }

    public required string Title { get; set; }

    public DateTimeOffset WrittenAt { get; set; }

    public List<ReportLine> Lines { get; } = [];
}

/// <summary>One figure of a report.</summary>
public sealed class ReportLine
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public required long Value { get; set; }
}

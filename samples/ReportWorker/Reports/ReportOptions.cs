namespace ReportWorker.Reports;

/// <summary>How reports are written.</summary>
internal sealed class ReportOptions
{
    /// <summary>How long to wait between two looks for a day without a report. Default a minute.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);
}

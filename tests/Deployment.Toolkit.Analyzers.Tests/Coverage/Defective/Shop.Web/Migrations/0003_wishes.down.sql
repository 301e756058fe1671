{|DTK5001:|}-- Nothing to take back.
